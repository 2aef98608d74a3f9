// What a document is made of. For who adds tools: the names and attributes of nodes and marks.
//
// Blocks: paragraph, heading {level 1–6}, bulletList, orderedList {start, type}, listItem, blockquote,
//   codeBlock {language}, horizontalRule, table {caption, columns: HTML}, tableRow {section}, tableCell, tableHeader
//   {colspan, rowspan, scope}, figure {src, alt, title, width, height, href, size} (its content is the caption),
//   callout {kind}, container {tag} (div, section, details, summary, dl, dt, dd, …), rawBlock {html}.
// In lines: text, hardBreak, image {src, alt, title, width, height}, footnoteReference {href, linkId, label},
//   rawInline {html}.
// Marks: bold, italic, strike, underline, code, link {href}, subscript, superscript, highlight, element {tag}
//   (kbd, abbr, small, span, …), space (white space of the source: leave it alone).
// All nodes: blockId (ids.js), anchor (their id in HTML), attributes (others: {class, lang, dir, title, …} or null),
//   gaps. All marks: attributes. A node of your own needs a reader in read.js's READERS and a printer in print.js's
//   PRINTERS (both may be added to from elsewhere before the document opens).
import { Extension } from "@tiptap/core";
import { Document } from "@tiptap/extension-document";
import { HorizontalRule } from "@tiptap/extension-horizontal-rule";
import { BulletList, ListKeymap } from "@tiptap/extension-list";
import { Text } from "@tiptap/extension-text";
import { Dropcursor, Gapcursor, UndoRedo } from "@tiptap/extensions";

import { pasted, shown } from "./attributes.js";
import * as marks from "./marks.js";
import * as nodes from "./nodes.js";
import * as raw from "./raw.js";

const about = Extension.create({
  name: "about",
  addGlobalAttributes() {
    const attributes = { default: null, parseHTML: pasted, renderHTML: (attrs) => shown(attrs.attributes) };
    return [
      { types: "nodes", attributes: { ...nodes.ABOUT_NODES, attributes } },
      { types: "marks", attributes: { ...nodes.ABOUT_MARKS, attributes } },
    ];
  },
});

/** All extensions of the document itself. */
export function schema() {
  return [
    about,
    Document,
    Text,
    BulletList,
    HorizontalRule,
    ListKeymap,
    ...nodes.NODES,
    raw.rawBlock,
    raw.rawInline,
    ...marks.MARKS,
    UndoRedo.configure({ depth: 1000 }),
    Dropcursor,
    Gapcursor,
  ];
}

/**
 * Marks stay in the order in which their elements were nested: ProseMirror would sort them by type, and a link in bold
 * text would come out as bold text in a link. Print.js makes elements of them again.
 */
export function keepOrderOfMarks(schema) {
  Object.values(schema.marks).forEach((type) => {
    type.rank = 0;
  });
}
