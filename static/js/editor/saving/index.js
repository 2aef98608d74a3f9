// Autosave, the journal in the browser, the status line, recovery, conflicts.

/** Tiptap extensions that must be there when the document opens. */
export function extensions(_form) {
  return [];
}

/** Called once the document is open: see ../document/index.js for what `doc` can do. */
export function installSaving(_doc, _form) {}
