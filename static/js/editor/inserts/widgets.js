// Small things that panels and dialogs of the editor are made of.

/** An element with attributes and children. */
export function make(name, attributes = {}, children = []) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) {
      element.setAttribute(attribute, value);
    }
  }
  element.append(...[children].flat());
  return element;
}

/** A small button that does something and sends no form. */
export function button(label, run, attributes = {}) {
  const made = make("button", { type: "button", class: "button is-small", ...attributes }, label);
  made.addEventListener("click", run);
  return made;
}

let numbered = 0;

/** A labelled control; gives the box around both. `control.field` is the box too. */
export function labelled(label, control, hint = "") {
  numbered += 1;
  control.id = `insert-field-${numbered}`;
  const parts = [make("label", { for: control.id }, label)];
  if (hint) {
    const told = make("span", { class: "hint", id: `${control.id}-hint` }, hint);
    control.setAttribute("aria-describedby", told.id);
    parts.push(told);
  }
  return make("div", { class: "field" }, [...parts, control]);
}

/** A line of text to type into. */
export function line(value = "", attributes = {}) {
  const made = make("input", { type: "text", class: "control", autocomplete: "off", dir: "auto", ...attributes });
  made.value = value;
  return made;
}

/** A choice of [value, label] pairs. */
export function choice(pairs, value, attributes = {}) {
  const made = make("select", { class: "control", ...attributes });
  made.append(...pairs.map(([own, label]) => make("option", { value: own }, label)));
  made.value = value;
  return made;
}

/** Say something to a screen reader. */
export function announce(words) {
  let region = document.getElementById("inserts-said");
  if (!region) {
    region = make("p", { id: "inserts-said", role: "status", class: "visually-hidden" });
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => {
    region.textContent = words;
  }, 50);
}

/**
 * Show a dialog with a heading; `fill(close)` gives its contents, close(value) ends it. Gives a promise of the value,
 * undefined where it was left with Escape or Cancel. The focus goes back to where it was.
 */
export function dialog(heading, fill, { wide = false } = {}) {
  return new Promise((done) => {
    numbered += 1;
    const before = document.activeElement;
    const title = make("h2", { id: `insert-dialog-${numbered}` }, heading);
    const box = make("dialog", { class: `insert-dialog${wide ? " is-wide" : ""}`, "aria-labelledby": title.id });
    let answer;
    const close = (value) => {
      answer = value;
      box.close();
    };
    box.append(title, ...[fill(close)].flat());
    box.addEventListener("close", () => {
      box.remove();
      before?.focus?.();
      done(answer);
    });
    // Keys in a dialog are none of the editor's.
    box.addEventListener("keydown", (event) => event.stopPropagation());
    document.body.append(box);
    box.showModal();
    (box.querySelector("[autofocus]") ?? box).focus();
  });
}
