// The slash menu: "/" at the beginning of a word offers what can be inserted; typing on narrows it, Escape leaves the
// text as typed. The focus stays in the text, which names the entry chosen (aria-activedescendant).
import { Plugin, PluginKey } from "@tiptap/pm/state";

import { el, freshId } from "./dom.js";
import { entry, layer, place } from "./popups.js";
import { findCommands } from "./registry.js";

const key = new PluginKey("slash");
const LONGEST = 24;

/** The plugin. `getDoc()` is the open document. */
export function slashMenu(getDoc) {
  let list = null;

  return new Plugin({
    key,
    state: {
      init: () => null,
      apply(tr, open, _before, state) {
        const asked = tr.getMeta(key);
        if (asked !== undefined) {
          return asked;
        }
        return open && typed(state, tr.mapping.map(open.from, -1));
      },
    },
    props: {
      handleTextInput(view, from, to, text) {
        const $from = view.state.doc.resolve(from);
        if (text !== "/" || $from.parent.type.spec.code || !view.editable) {
          return false;
        }
        const before = $from.parent.textBetween(0, $from.parentOffset, null, "￼").slice(-1);
        if (before && !/\s/.test(before)) {
          return false;
        }
        view.dispatch(view.state.tr.insertText("/", from, to).setMeta(key, { from, query: "" }).scrollIntoView());
        return true;
      },
      handleKeyDown(view, event) {
        return Boolean(list && key.getState(view.state)) && list.steer(event);
      },
      handleDOMEvents: {
        blur: (view) => {
          close(view);
          return false;
        },
      },
    },
    view(view) {
      list = new List(view, (command) => pick(view, command));
      return {
        update: () => list.show(key.getState(view.state)),
        destroy: () => list.hide(),
      };
    },
  });

  function pick(view, command) {
    const { from } = key.getState(view.state);
    view.dispatch(view.state.tr.delete(from, view.state.selection.from).setMeta(key, null));
    view.focus();
    command.run(getDoc());
  }
}

function close(view) {
  if (key.getState(view.state)) {
    view.dispatch(view.state.tr.setMeta(key, null));
  }
}

/** What stands between the slash and the caret, if the menu still has to do with it. */
function typed(state, from) {
  const { $from, empty } = state.selection;
  if (!empty || $from.pos <= from || $from.start() > from) {
    return null;
  }
  const text = $from.parent.textBetween(from - $from.start(), $from.parentOffset, null, "￼");
  const query = text.slice(1);
  const isOver = text[0] !== "/" || query.length > LONGEST || /^\s|[￼/]|\s\s/.test(query);
  return isOver || (query.includes(" ") && !findCommands(query).length) ? null : { from, query };
}

class List {
  constructor(view, pick) {
    this.view = view;
    this.pick = pick;
    this.element = null;
  }

  show(open) {
    if (!open) {
      this.hide();
      return;
    }
    if (this.open?.query === open.query && this.open?.from === open.from) {
      return;
    }
    this.open = open;
    this.found = findCommands(open.query);
    this.at = 0;
    this.draw();
  }

  hide() {
    this.open = null;
    this.element?.remove();
    this.element = null;
    for (const name of ["aria-activedescendant", "aria-controls", "aria-autocomplete"]) {
      this.view.dom.removeAttribute(name);
    }
  }

  draw() {
    this.element?.remove();
    const id = freshId("editor-slash");
    this.options = this.found.map((command, at) =>
      el(
        "div",
        {
          class: "editor-entry",
          role: "option",
          id: `${id}-${command.name}`,
          "aria-selected": "false",
          onmousedown: (event) => event.preventDefault(),
          onclick: () => this.pick(command),
          onpointermove: () => this.choose(at, false),
        },
        ...entry(command),
      ),
    );
    this.element = this.found.length
      ? el("div", { class: "editor-menu editor-slash", role: "listbox", "aria-label": "Insert", id, tabindex: "0" }, this.options)
      : el("p", { class: "editor-menu editor-slash is-empty", role: "status" }, `Nothing here is called “${this.open.query}”.`);
    layer.append(this.element);
    place(this.element, this.view.coordsAtPos(this.open.from));
    if (this.found.length) {
      this.view.dom.setAttribute("aria-controls", id);
      this.view.dom.setAttribute("aria-autocomplete", "list");
      this.choose(0);
    } else {
      this.view.dom.removeAttribute("aria-activedescendant");
    }
  }

  choose(at, scrolls = true) {
    this.at = (at + this.options.length) % this.options.length;
    this.options.forEach((option, number) => option.setAttribute("aria-selected", String(number === this.at)));
    this.view.dom.setAttribute("aria-activedescendant", this.options[this.at].id);
    if (scrolls) {
      this.options[this.at].scrollIntoView({ block: "nearest" });
    }
  }

  steer(event) {
    if (event.key === "Escape") {
      event.stopPropagation();
      close(this.view);
      return true;
    }
    if (!this.found.length || event.ctrlKey || event.metaKey || event.altKey) {
      return false;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      this.choose(this.at + (event.key === "ArrowDown" ? 1 : -1));
      return true;
    }
    if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      this.pick(this.found[this.at]);
      return true;
    }
    return false;
  }
}
