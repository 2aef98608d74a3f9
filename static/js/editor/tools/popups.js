// What floats above the text: where it stands, and menus (https://www.w3.org/WAI/ARIA/apg/patterns/menubar/).
import { el, freshId, keysOf } from "./dom.js";
import { icon } from "./icons.js";

const EDGE = 8;
const HIGHEST = 520;
const ENOUGH = 280; // with this much room below it scrolls rather than covers what is above
let closeOpen = () => {};
export const layer = el("div", { class: "editor-layer" });

/** What the on-screen keyboard leaves of the window. */
export function visible() {
  const view = window.visualViewport;
  return view
    ? { top: view.offsetTop, left: view.offsetLeft, width: view.width, height: view.height }
    : { top: 0, left: 0, width: window.innerWidth, height: window.innerHeight };
}

/** Put a fixed element below the rectangle, or above where there is more room; within what can be seen. */
export function place(element, rect, { gap = 6 } = {}) {
  const space = visible();
  element.style.maxHeight = "";
  const below = space.top + space.height - rect.bottom - gap - EDGE;
  const above = rect.top - space.top - gap - EDGE;
  const isAbove = Math.min(element.offsetHeight, ENOUGH) > below && above > below;
  element.style.maxHeight = `${Math.min(HIGHEST, Math.max(96, isAbove ? above : below))}px`;
  const height = element.offsetHeight;
  const left = Math.min(rect.left, space.left + space.width - element.offsetWidth - EDGE);
  element.style.left = `${Math.max(space.left + EDGE, left)}px`;
  element.style.top = `${Math.max(space.top + EDGE, isAbove ? rect.top - gap - height : rect.bottom + gap)}px`;
}

/** Close the menu that is open, if any. */
export function closeMenu() {
  closeOpen();
}

/** The inside of a menu's or a list's entry. */
export function entry({ label, hint, icon: name, shortcut }) {
  return [
    name ? icon(name) : null,
    el("span", { class: "editor-entry-words" }, el("span", {}, label), hint ? el("span", { class: "editor-entry-hint" }, hint) : null),
    shortcut ? el("kbd", { class: "editor-entry-keys", "aria-hidden": "true" }, keysOf(shortcut)) : null,
  ];
}

/**
 * Open a menu at a button. items: {label, hint, icon, shortcut, checked (for one of several), run} or "-" for a line.
 * Closing gives the focus back to the button; picking runs the item, which says where the focus goes.
 * With `keepsFocus` (a finger) the focus stays in the text, and with it the phone's keyboard.
 */
export function openMenu(button, { label, items, keepsFocus = false }) {
  const wasOpen = button.getAttribute("aria-expanded") === "true";
  closeOpen();
  if (wasOpen) {
    return;
  }
  const menu = el("div", { class: "editor-menu", role: "menu", "aria-label": label, id: freshId("editor-menu"), tabindex: "0" });
  const buttons = [];
  for (const item of items) {
    if (item === "-") {
      menu.append(el("div", { role: "separator", class: "editor-menu-line" }));
      continue;
    }
    const isChoice = item.checked !== undefined;
    const made = el(
      "button",
      {
        type: "button",
        class: "editor-entry",
        role: isChoice ? "menuitemradio" : "menuitem",
        "aria-checked": isChoice ? String(item.checked) : null,
        "aria-disabled": item.disabled ? "true" : null,
        tabindex: "-1",
        onmousedown: (event) => event.preventDefault(),
        onclick: () => {
          if (!item.disabled) {
            close(false);
            item.run();
          }
        },
        onpointermove: () => !keepsFocus && document.activeElement !== made && made.focus({ preventScroll: true }),
      },
      ...entry(item),
    );
    buttons.push(made);
    menu.append(made);
  }

  function close(givesBack) {
    closeOpen = () => {};
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    document.removeEventListener("pointerdown", outside, true);
    document.removeEventListener("keydown", escape, true);
    window.visualViewport?.removeEventListener("resize", again);
    if (givesBack) {
      button.focus();
    }
  }
  const outside = (event) => !menu.contains(event.target) && !button.contains(event.target) && close(false);
  const escape = (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close(!keepsFocus);
    }
  };
  const again = () => place(menu, button.getBoundingClientRect());
  menu.addEventListener("keydown", (event) => steer(event, buttons, () => close(true)));
  layer.append(menu);
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", menu.id);
  again();
  document.addEventListener("pointerdown", outside, true);
  document.addEventListener("keydown", escape, true);
  window.visualViewport?.addEventListener("resize", again);
  closeOpen = () => close(false);
  if (!keepsFocus) {
    (buttons.find((made) => made.getAttribute("aria-checked") === "true") ?? buttons[0])?.focus();
  }
}

function steer(event, buttons, close) {
  const at = buttons.indexOf(document.activeElement);
  const goes = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
  if (goes !== undefined) {
    event.preventDefault();
    buttons[(goes + buttons.length) % buttons.length].focus();
  } else if (event.key === "Tab") {
    event.preventDefault();
    close();
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLowerCase();
    const order = [...buttons.slice(at + 1), ...buttons.slice(0, at + 1)];
    order.find((made) => made.querySelector(".editor-entry-words").textContent.toLowerCase().startsWith(letter))?.focus();
  }
}
