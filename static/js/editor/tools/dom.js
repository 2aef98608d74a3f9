// Making elements without HTML in strings: no text can become markup, and no attribute breaks the page's policy.

/** An element: attributes by name, `on…` as listeners, true and false as present and absent; children are nodes or text. */
export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      made.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return made;
}

/** A button that sends no form and, pressed with a finger or a mouse, leaves the caret and the phone's keyboard alone. */
export function pressable(attributes, ...children) {
  return el("button", { type: "button", onmousedown: (event) => event.preventDefault(), ...attributes }, ...children);
}

let count = 0;

/** An id that nothing on the page has yet. */
export function freshId(base) {
  count += 1;
  return `${base}-${count}`;
}

const IS_MAC = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const MAC = { Mod: "⌘", Alt: "⌥", Shift: "⇧", Ctrl: "⌃", Enter: "↩" };

/** A shortcut as people of this machine write it: "Mod-Shift-8" is Ctrl+Shift+8 or ⇧⌘8. */
export function keysOf(shortcut) {
  const parts = shortcut.split("-");
  if (IS_MAC) {
    return parts.map((part) => MAC[part] ?? part.toUpperCase()).join("");
  }
  return parts.map((part) => (part === "Mod" ? "Ctrl" : part.length === 1 ? part.toUpperCase() : part)).join("+");
}

/** The same for aria-keyshortcuts. */
export function ariaKeysOf(shortcut) {
  return shortcut
    .split("-")
    .map((part) => ({ Mod: IS_MAC ? "Meta" : "Control" })[part] ?? (part.length === 1 ? part.toUpperCase() : part))
    .join("+");
}

/** Run `fn` once it has not been asked for `wait` milliseconds. */
export function later(fn, wait) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => fn(...given), wait);
  };
}
