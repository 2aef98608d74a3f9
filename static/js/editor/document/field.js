// The form's textarea and the element that takes its place: the name, the hint, the error and the id go along, so that
// labels, links of an error summary and scripts find the text where it is being written.

/** Attributes of the editor's element that say what the textarea's said. */
export function attributesOf(field) {
  const taken = { id: field.id, role: "textbox", "aria-multiline": "true", dir: field.dir || "auto" };
  const label = field.labels[0];
  if (label) {
    label.id ||= `${field.id}-label`;
    taken["aria-labelledby"] = label.id;
  }
  for (const name of ["class", "aria-describedby", "aria-invalid", "spellcheck", "lang"]) {
    if (field.hasAttribute(name)) {
      taken[name] = field.getAttribute(name);
    }
  }
  return taken;
}

/** Hide the textarea behind the editor's element. */
export function replaceField(field, element) {
  const label = field.labels[0];
  field.removeAttribute("id");
  field.hidden = true;
  if (label) {
    label.removeAttribute("for");
    label.addEventListener("click", () => element.focus());
  }
}
