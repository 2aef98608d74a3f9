// The panel of what the caret is in: a picture's words, a table's rows, a callout's kind. It stands at the
// lower end of what is seen of the text, so that it covers no block for long, is reached with Alt+Enter (or Tab from a caption, Enter on what is selected as a whole), and left with Escape.
import { Extension } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";

import { overlaid } from "../tools/viewport.js";
import { make } from "./widgets.js";

/**
 * The extension. Each of `kinds` is {name, label, find(state) -> {pos, node} or null, build(editor, found) -> [element, …],
 * refresh(found, box, editor), onEnter, onTab}: `found` is looked up again whenever it is used, by `current()`.
 */
export function panel(kinds) {
  return Extension.create({
    name: "insertPanel",
    priority: 900,
    addStorage: () => ({ view: null }),
    addKeyboardShortcuts() {
      const enter = () => this.storage.view?.enter() ?? false;
      return {
        "Alt-Enter": enter,
        Enter: () => (this.storage.view?.takesEnter() ? enter() : false),
        Tab: () => (this.storage.view?.takesTab() ? enter() : false),
      };
    },
    addProseMirrorPlugins() {
      return [
        new Plugin({
          view: () => {
            this.storage.view = new Panel(this.editor, kinds);
            return this.storage.view;
          },
        }),
      ];
    },
  });
}

class Panel {
  constructor(editor, kinds) {
    this.editor = editor;
    this.kinds = kinds;
    this.kind = null;
    this.box = make("div", { class: "insert-panel", role: "group", hidden: "" });
    this.box.addEventListener("keydown", (event) => this.key(event));
    // A pressed button leaves the focus where it is: in the text, or on a control of the panel.
    this.box.addEventListener("mousedown", (event) => event.target.closest("button") && event.preventDefault());
    this.away = () => setTimeout(() => this.show(true), 0);
    this.box.addEventListener("focusout", this.away);
    queueMicrotask(() => {
      const host = editor.view.dom.parentElement;
      host.append(this.box);
      editor.view.dom.addEventListener("blur", this.away);
      editor.view.dom.addEventListener("focus", this.away);
      this.show();
    });
  }

  update() {
    this.show();
  }

  destroy() {
    this.box.remove();
  }

  /** What the panel is about, as it is now. */
  current() {
    return this.kind?.find(this.editor.state) ?? null;
  }

  takesEnter() {
    return Boolean(this.kind?.onEnter && this.current()?.isWhole);
  }

  takesTab() {
    return this.takesEnter() || Boolean(this.kind?.onTab && this.current());
  }

  enter() {
    if (this.box.hidden) {
      return false;
    }
    const first = this.box.querySelector("[data-first]") ?? this.box.querySelector("input, select, textarea, button");
    first?.focus();
    return Boolean(first);
  }

  /** While the focus moves, it is nowhere: only what is still so afterwards (isSettled) counts. */
  show(isSettled = false) {
    if (this.editor.isDestroyed) {
      return;
    }
    const inPanel = this.box.contains(document.activeElement);
    const isHere = inPanel || this.editor.view.hasFocus();
    if (!isHere && !isSettled) {
      this.away();
      return;
    }
    let kind = null;
    let found = null;
    if (isHere && this.editor.isEditable) {
      for (const one of this.kinds) {
        found = one.find(this.editor.state);
        if (found) {
          kind = one;
          break;
        }
      }
    }
    if (!kind) {
      this.kind = null;
      this.box.hidden = true;
      this.keepRoom(false);
      return;
    }
    if (kind !== this.kind || found.pos !== this.pos) {
      const wasSame = kind === this.kind && inPanel;
      this.kind = kind;
      if (!wasSame) {
        this.box.setAttribute("aria-label", kind.label);
        this.box.replaceChildren(...kind.build(this.editor, () => this.current()));
        this.box.dataset.kind = kind.name;
      }
      this.pos = found.pos;
    }
    kind.refresh?.(found, this.box, this.editor);
    const isNew = this.box.hidden;
    this.box.hidden = false;
    this.keepRoom(isNew);
  }

  /** The caret is never where the panel lies: not when it moves, and not when the panel comes. */
  keepRoom(isNew) {
    overlaid.bottom = this.box.hidden ? 0 : this.box.offsetHeight + 12;
    if (isNew) {
      setTimeout(() => !this.editor.isDestroyed && this.editor.view.hasFocus() && this.editor.commands.scrollIntoView(), 0);
    }
  }

  key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      this.editor.view.focus();
    } else if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      this.editor.view.focus();
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.matches("input, textarea")) {
      event.preventDefault();
      this.editor.commands[event.shiftKey ? "redo" : "undo"]();
    }
    event.stopPropagation();
  }
}

/** The innermost node of a kind around the caret, or the selected node itself (isWhole): {pos, node, isWhole} or null. */
export function around(state, names) {
  const wanted = [names].flat();
  const { selection } = state;
  if (selection.node && wanted.includes(selection.node.type.name)) {
    return { pos: selection.from, node: selection.node, isWhole: true };
  }
  const { $from } = selection;
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const node = $from.node(depth);
    if (wanted.includes(node.type.name)) {
      return { pos: $from.before(depth), node, isWhole: false };
    }
  }
  return null;
}
