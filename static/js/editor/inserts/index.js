// Images, tables, footnotes, callouts, code, cards, raw HTML, clean paste.
import { registerCommand } from "../tools/registry.js";
import { arriving } from "./arriving.js";
import { calloutPanel, insertCallout } from "./callouts.js";
import { cards, insertCard } from "./cards.js";
import { codeKeys, codePanel } from "./code.js";
import { figureKeys, figurePanel, insertItem, insertPictures } from "./figures.js";
import { footnotes, insertFootnote, notePanel, referencePanel } from "./footnotes.js";
import { chooseFiles } from "./library.js";
import { panel } from "./panel.js";
import { beside } from "./places.js";
import { insertRaw, rawPanel } from "./rawhtml.js";
import { insertTable, tablePanel } from "./tables.js";
import { upload, uploads } from "./uploads.js";

/** Tiptap extensions that must be there when the document opens. */
export function extensions(form) {
  return [
    arriving,
    cards,
    codeKeys,
    figureKeys,
    footnotes,
    uploads(form, insertItem),
    panel([referencePanel, rawPanel, figurePanel, codePanel, tablePanel, notePanel, calloutPanel]),
  ];
}

/** Called once the document is open: see ../document/index.js for what `doc` can do. */
export function installInserts(_doc, _form) {
  registerCommand({
    name: "image", label: "Image", hint: "From the library or this device", icon: "image",
    keywords: "picture photo upload media figure", run: ({ editor }) => insertPictures(editor),
  });
  registerCommand({
    name: "file", label: "File", hint: "A document, audio or video to download or play", icon: "file",
    keywords: "upload pdf audio video media attachment", run: ({ editor }) => insertFiles(editor),
  });
  registerCommand({
    name: "table", label: "Table", hint: "Three columns to begin with", icon: "table", keywords: "grid rows columns cells",
    run: ({ editor }) => insertTable(editor), isActive: ({ editor }) => editor.isActive("table"),
  });
  registerCommand({
    name: "footnote", label: "Footnote", hint: "A note at the end of the text", icon: "footnote", keywords: "note reference source",
    shortcut: "Mod-Alt-n", run: ({ editor }) => insertFootnote(editor),
  });
  registerCommand({
    name: "callout", label: "Callout", hint: "A note, tip or warning set apart", icon: "callout",
    keywords: "box note tip important warning caution aside", run: ({ editor }) => insertCallout(editor),
    isActive: ({ editor }) => editor.isActive("callout"),
  });
  registerCommand({
    name: "card", label: "Card of a page", hint: "A link to another site, on its own", icon: "embed",
    keywords: "embed link bookmark video youtube", run: ({ editor }) => insertCard(editor),
  });
  registerCommand({
    name: "html", label: "HTML", hint: "Source of your own", icon: "html", keywords: "raw source code markup",
    run: ({ editor }) => insertRaw(editor),
  });
}

async function insertFiles(editor) {
  const files = await chooseFiles();
  if (files?.length) {
    upload(editor, files, beside(editor.state.doc, editor.state.selection.from));
  }
  editor.view.focus();
}
