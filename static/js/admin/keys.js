// Whether a key is somebody's who types, or belongs to something that is open: then no shortcut takes it.
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [role=textbox], [role=combobox], [role=menu]";

export function isTaken(event) {
  const target = event.target instanceof Element ? event.target : document.body;
  return event.defaultPrevented || event.isComposing || event.altKey || target.isContentEditable
    || Boolean(target.closest(FIELDS)) || Boolean(document.querySelector("dialog[open]"));
}

/** An element with its attributes and what is in it; texts are texts, never HTML. */
export function make(name, attributes = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}
