// The fields of the form beside the text: reading, setting, and the word at a field that was refused.

/** Saved while they are typed. */
const TYPED = ["title", "excerpt", "language", "cover_url", "cover_alt", "canonical_url", "is_featured", "body_format"];
/** Saved when they are left: half a tag would become a tag. */
export const WHEN_LEFT = ["tags", "authors", "slug"];
/** Saved by the button only: it changes at once what readers see. */
export const BY_HAND = ["shows_pageviews"];
/** Kept in the journal, used by buttons of their own. */
const BESIDE = ["publish_at", "withdraw_at"];
export const SAVED = [...TYPED, ...WHEN_LEFT, ...BY_HAND];

export class Fields {
  constructor(form) {
    this.form = form;
  }

  /** The control of a name, or null; of a paired box the box itself. */
  control(name) {
    const found = this.form.elements.namedItem(name);
    if (!found) return null;
    return found instanceof RadioNodeList ? [...found].find((one) => one.type === "checkbox") : found;
  }

  get(name) {
    const control = this.control(name);
    return control.type === "checkbox" ? (control.checked ? "1" : "") : control.value;
  }

  set(name, value) {
    const control = this.control(name);
    if (!control) return;
    if (control.type === "checkbox") control.checked = value === "1" || value === true;
    else if (control.value !== value) control.value = value ?? "";
  }

  /** Values by name of all that is in the form; with `beside`, what the journal keeps too. */
  values({ beside = false } = {}) {
    const names = (beside ? [...SAVED, ...BESIDE] : SAVED).filter((name) => this.control(name));
    return Object.fromEntries(names.map((name) => [name, this.get(name)]));
  }

  hasFocus(name) {
    return this.control(name) === document.activeElement;
  }

  label(name) {
    const label = this.control(name)?.labels?.[0];
    return label ? label.textContent.replace(/\(required\)/, "").trim() : name;
  }

  onChange(listener) {
    this.form.addEventListener("input", (event) => { if (this.#isOurs(event.target)) listener(event.target.name, false); });
    this.form.addEventListener("change", (event) => { if (this.#isOurs(event.target)) listener(event.target.name, true); });
  }

  /** Say at the field why it is refused; "" takes the word away. */
  tell(name, sentence) {
    const control = name === "body" ? this.form.querySelector("[data-editor-mount] [contenteditable], .desk-body-input") : this.control(name);
    if (!control) return;
    const id = `${name}-error`;
    let word = document.getElementById(id);
    if (!sentence) {
      word?.remove();
      control.removeAttribute("aria-invalid");
      describe(control, id, false);
      return;
    }
    if (!word) {
      word = document.createElement("p");
      word.className = "field-error";
      word.id = id;
      (control.closest(".field, .check")?.querySelector("input, textarea, select, [contenteditable]") || control).before(word);
    }
    word.textContent = sentence;
    control.setAttribute("aria-invalid", "true");
    describe(control, id, true);
    control.closest("details")?.setAttribute("open", "");
  }

  #isOurs(control) {
    return SAVED.includes(control.name) || BESIDE.includes(control.name);
  }
}

function describe(control, id, isSo) {
  const ids = new Set((control.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
  if (isSo) ids.add(id);
  else ids.delete(id);
  if (ids.size) control.setAttribute("aria-describedby", [...ids].join(" "));
  else control.removeAttribute("aria-describedby");
}
