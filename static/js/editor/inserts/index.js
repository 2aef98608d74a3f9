// Images, tables, footnotes, callouts, cards, raw HTML, clean paste.

/** Tiptap extensions that must be there when the document opens. */
export function extensions(_form) {
  return [];
}

/** Called once the document is open: see ../document/index.js for what `doc` can do. */
export function installInserts(_doc, _form) {}
