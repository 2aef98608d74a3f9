// The toolbar, the slash menu, Markdown as typed, find and replace.

/** Tiptap extensions that must be there when the document opens. */
export function extensions(_form) {
  return [];
}

/** Called once the document is open: see ../document/index.js for what `doc` can do. */
export function installTools(_doc, _form) {}
