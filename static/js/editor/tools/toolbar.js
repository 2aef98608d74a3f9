// The toolbar (https://www.w3.org/WAI/ARIA/apg/patterns/toolbar/): one stop of the Tab key, arrows within, Alt+F10 leads
// to it from the text. What has no room on a narrow screen is in its last menu.
import { ariaKeysOf, el, keysOf, pressable } from "./dom.js";
import { icon } from "./icons.js";
import { BLOCKS, KINDS, kindAt, knows, MARKS, RARER_MARKS, toggleMark } from "./kinds.js";
import { openMenu } from "./popups.js";
import { listCommands } from "./registry.js";

/**
 * Make the toolbar. `actions`: what the other tools do: link(), find(), outline(), full(), help().
 * Returns its element, and `focus()`.
 */
export function makeToolbar(doc, field, actions) {
  const { editor } = doc;
  const bar = el("div", { class: "editor-toolbar", role: "toolbar", "aria-label": "Formatting", "aria-controls": field });
  const buttons = [];
  const entries = new Map(); // what a button does, for the last menu

  function add(item) {
    const keys = item.shortcut ? ` (${keysOf(item.shortcut)})` : "";
    const button = pressable(
      {
        class: `editor-tool ${item.class ?? ""}`.trim(),
        "aria-label": item.words ? null : item.label,
        title: item.label + keys,
        "aria-keyshortcuts": item.shortcut ? ariaKeysOf(item.shortcut) : null,
        "aria-pressed": item.isActive ? "false" : null,
        "aria-haspopup": item.menu ? "menu" : item.opens ?? null,
        "aria-expanded": item.menu ? "false" : null,
        tabindex: "-1",
        onclick: (event) => button.getAttribute("aria-disabled") !== "true" && item.run(event, button),
      },
      icon(item.icon),
      item.words ? el("span", { class: "editor-tool-words" }, item.words) : null,
      item.words ? icon("down") : null,
    );
    buttons.push({ ...item, button });
    entries.set(button, item);
    bar.append(button);
    return button;
  }
  const line = () => bar.append(el("span", { class: "editor-tool-line", "aria-hidden": "true" }));
  const isTouch = (event) => event.pointerType === "touch" && event.detail !== 0;
  const menu = (event, button, label, items) => openMenu(button, { label, items, keepsFocus: isTouch(event) });

  const insert = add({
    label: "Insert", words: "Insert", icon: "plus", menu: true, class: "editor-tool-insert",
    run: (event) => menu(event, insert, "Insert", insertItems(doc)),
  });
  const kind = add({
    label: "Kind of text", words: "Text", icon: "text", menu: true, class: "editor-tool-kind",
    run: (event) => menu(event, kind, "Kind of text", kindItems(editor)),
  });
  line();
  for (const mark of MARKS.filter(({ name }) => knows(editor, name))) {
    add({
      ...mark,
      class: mark.name === "code" ? "is-second" : "",
      isActive: () => editor.isActive(mark.name),
      canRun: () => editor.can().toggleMark(mark.name),
      run: () => toggleMark(editor, mark.name),
    });
  }
  add({ label: "Link", icon: "link", shortcut: "Mod-k", opens: "dialog", isActive: () => editor.isActive("link"), run: actions.link });
  line();
  for (const { make, is, ...block } of BLOCKS) {
    add({
      ...block,
      class: { bullets: "", numbers: "is-second", quote: "is-second" }[block.name] ?? "is-third",
      isActive: is && (() => is(editor)),
      run: () => make(editor),
    });
  }
  line();
  add({ label: "Undo", icon: "undo", shortcut: "Mod-z", canRun: () => editor.can().undo(), run: () => editor.chain().focus().undo().run() });
  add({
    label: "Redo", icon: "redo", shortcut: "Mod-Shift-z", class: "is-second", canRun: () => editor.can().redo(),
    run: () => editor.chain().focus().redo().run(),
  });
  bar.append(el("span", { class: "editor-tool-gap", "aria-hidden": "true" }));
  add({ label: "Find and replace", icon: "find", shortcut: "Mod-f", class: "is-third", run: actions.find });
  add({ label: "Outline", icon: "outline", class: "is-third", opens: "dialog", run: actions.outline });
  const full = add({ label: "Full screen", icon: "full", shortcut: "Mod-Shift-f", class: "is-third", isActive: actions.isFull, run: actions.full });
  const more = add({
    label: "More", icon: "more", menu: true,
    run: (event) => menu(event, more, "More", moreItems()),
  });

  function moreItems() {
    const hidden = buttons.filter(({ button, menu: isMenu }) => button.offsetParent === null && !isMenu);
    const missing = hidden.map(({ button, label, icon: name, shortcut, run }) => ({
      label, icon: name, shortcut, disabled: button.getAttribute("aria-disabled") === "true", run: () => run({}, more),
    }));
    const marks = RARER_MARKS.filter(({ name }) => knows(editor, name)).map((mark) => ({
      ...mark, run: () => toggleMark(editor, mark.name),
    }));
    const clear = { label: "Clear formatting", icon: "clear", shortcut: "Mod-\\", run: () => editor.chain().focus().unsetAllMarks().run() };
    const help = { label: "Keyboard shortcuts", icon: "help", shortcut: "Mod-/", run: () => actions.help(more) };
    return [...missing, ...(missing.length ? ["-"] : []), ...marks, clear, "-", help];
  }

  function refresh() {
    for (const { button, isActive, canRun } of buttons) {
      if (isActive) {
        set(button, "aria-pressed", String(Boolean(isActive())));
      }
      if (canRun) {
        set(button, "aria-disabled", canRun() ? null : "true");
      }
    }
    const now = kindAt(editor);
    const words = kind.querySelector(".editor-tool-words");
    const name = now?.label ?? (editor.isActive("codeBlock") ? "Code" : "Other");
    if (words.textContent !== name) {
      words.textContent = name;
    }
  }
  let asked = 0;
  const soon = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      refresh();
    });
  };
  editor.on("transaction", soon);
  rove(bar, buttons.map(({ button }) => button), editor);
  refresh();
  return { element: bar, refresh, focus: () => bar.querySelector('[tabindex="0"]').focus(), full };
}

function set(button, name, value) {
  if (value === null) {
    button.removeAttribute(name);
  } else if (button.getAttribute(name) !== value) {
    button.setAttribute(name, value);
  }
}

/** One button of the bar can be reached by Tab: the last one used. */
function rove(bar, buttons, editor) {
  const shown = () => buttons.filter((button) => button.offsetParent !== null);
  const choose = (button) => {
    for (const other of buttons) {
      other.tabIndex = other === button ? 0 : -1;
    }
  };
  choose(buttons[0]);
  bar.addEventListener("focusin", (event) => buttons.includes(event.target) && choose(event.target));
  bar.addEventListener("keydown", (event) => {
    const all = shown();
    const at = all.indexOf(document.activeElement);
    const step = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const goes = { ArrowRight: at + step, ArrowLeft: at - step, Home: 0, End: all.length - 1 }[event.key];
    if (goes !== undefined && at >= 0) {
      event.preventDefault();
      all[(goes + all.length) % all.length].focus();
    } else if (event.key === "ArrowDown" && document.activeElement.getAttribute("aria-haspopup") === "menu") {
      event.preventDefault();
      document.activeElement.click();
    } else if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      event.stopPropagation();
      editor.commands.focus();
    }
  });
  // A button that a narrower window hides must not be the only one that Tab would reach.
  new ResizeObserver(() => {
    if (!shown().some((button) => button.tabIndex === 0)) {
      choose(shown()[0]);
    }
  }).observe(bar);
}

function kindItems(editor) {
  return KINDS.map(({ make, is, ...kind }) => ({ ...kind, hint: "", checked: is(editor), run: () => make(editor) }));
}

function insertItems(doc) {
  const all = listCommands().map((command) => ({ ...entryOf(command, doc), group: command.group }));
  const texts = all.filter(({ group }) => group === "text");
  return [...all.filter(({ group }) => group !== "text"), "-", ...texts];
}

function entryOf({ label, hint, icon: name, shortcut, run }, doc) {
  return { label, hint, icon: name, shortcut, run: () => run(doc) };
}
