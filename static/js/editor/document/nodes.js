// The nodes of a document. Which HTML each stands for: read.js and print.js; what they are called: schema.js.
import { mergeAttributes, Node } from "@tiptap/core";
import { Blockquote } from "@tiptap/extension-blockquote";
import { CodeBlock } from "@tiptap/extension-code-block";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { ListItem, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";

import { classesOf, pasted, withClasses } from "./attributes.js";
import { parse } from "./markup.js";

/** An attribute that is no HTML attribute in the editor's page, and is not read from what is pasted. */
export function inner(value = null, more = {}) {
  return { default: value, rendered: false, parseHTML: () => null, ...more };
}

export const paragraph = Paragraph.extend({
  addAttributes() {
    return {
      // Whether it has no <p> around it: null where its place decides (a short list item has none), false: it has one;
      // "top": text at the top level; "inner": text in an element that also holds blocks.
      bare: inner(null),
    };
  },
});

export const heading = Heading.configure({ levels: [1, 2, 3, 4, 5, 6] });

export const listItem = ListItem.extend({ content: "block+" });

export const orderedList = OrderedList.extend({
  addAttributes() {
    return {
      start: {
        default: 1,
        parseHTML: (element) => Number.parseInt(element.getAttribute("start") ?? "1", 10) || 1,
      },
      type: { default: null, parseHTML: (element) => element.getAttribute("type") },
    };
  },
});

export const codeBlock = CodeBlock.extend({
  addAttributes() {
    return {
      ...this.parent?.(),
      // Attributes of <code>, but for language-…; plain: a <pre> without <code>; ending: a line break before its end.
      codeAttributes: inner(null),
      plain: inner(false),
      ending: inner(""),
    };
  },
});

export const hardBreak = HardBreak.extend({
  addAttributes() {
    return { after: inner("") }; // white space of the source at the beginning of the next line, which nobody sees
  },
});

export const blockquote = Blockquote;

/** A remark set apart; `kind` is note, tip, important, warning or caution. */
export const callout = Node.create({
  name: "callout",
  group: "block",
  content: "block+",
  defining: true,
  addAttributes() {
    return {
      kind: {
        default: "note",
        parseHTML: (element) => /callout-(note|tip|important|warning|caution)/.exec(element.className)?.[1] ?? "note",
        renderHTML: ({ kind }) => ({ class: `callout callout-${kind}` }),
      },
      tag: inner("aside"),
    };
  },
  parseHTML() {
    return [{ tag: "aside.callout" }, { tag: "div.callout" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["aside", HTMLAttributes, 0];
  },
});

/** Any other element that holds blocks: div, section, details, dl, figure of something else than a picture … */
export const container = Node.create({
  name: "container",
  group: "block",
  content: "block*",
  defining: true,
  addAttributes() {
    return {
      tag: {
        default: "div",
        parseHTML: (element) => element.dataset.container ?? "div",
        renderHTML: ({ tag }) => ({ "data-container": tag }),
      },
    };
  },
  parseHTML() {
    return [{ tag: "div[data-container]" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["div", HTMLAttributes, 0];
  },
});

const PICTURE = {
  src: { default: null },
  alt: { default: null },
  title: { default: null },
  width: { default: null },
  height: { default: null },
};

/** A picture within a line of text. */
export const image = Node.create({
  name: "image",
  group: "inline",
  inline: true,
  draggable: true,
  addAttributes() {
    return PICTURE;
  },
  parseHTML() {
    return [{ tag: "img[src]:not([src^='data:'])" }];
  },
  renderHTML({ HTMLAttributes }) {
    return ["img", HTMLAttributes];
  },
});

/**
 * A picture of its own, with a caption (its content) and perhaps a link around it. `imageAttributes` and
 * `captionAttributes` keep what else the elements have; `size` is small, wide, full or null.
 */
export const figure = Node.create({
  name: "figure",
  group: "block",
  content: "inline*",
  draggable: true,
  isolating: true,
  addAttributes() {
    const ofImage = (name) => ({ ...inner(null), parseHTML: (node) => node.querySelector("img")?.getAttribute(name) });
    return {
      ...Object.fromEntries(Object.keys(PICTURE).map((name) => [name, ofImage(name)])),
      imageAttributes: inner(null),
      href: inner(null, { parseHTML: (node) => node.querySelector("a:has(img)")?.getAttribute("href") }),
      linkAttributes: inner(null),
      captionAttributes: inner(null),
      size: inner(null, { parseHTML: (node) => /size-(small|wide|full)/.exec(node.className)?.[1] ?? null }),
    };
  },
  parseHTML() {
    return [{ tag: "figure:has(img)", contentElement: (node) => node.querySelector("figcaption") ?? node.ownerDocument.createElement("figcaption") }];
  },
  renderHTML({ node, HTMLAttributes }) {
    const { src, alt, title, width, height, size } = node.attrs;
    const classes = [...(size ? [`size-${size}`] : []), ...classesOf(node.attrs.attributes)].join(" ");
    const attributes = mergeAttributes(HTMLAttributes, classes ? { class: classes } : {});
    return [
      "figure",
      attributes,
      ["img", { src, alt, title, width, height, contenteditable: "false", draggable: "false" }],
      ["figcaption", 0],
    ];
  },
});

/** The attributes of a figure's element: its size is a class. */
export function figureAttributes({ size, attributes }) {
  return withClasses(attributes, [...(size ? [`size-${size}`] : []), ...classesOf(attributes)]) ?? {};
}

/** <sup class="footnote-ref"><a href="#fn1" id="fnref1">[1]</a></sup> */
export const footnoteReference = Node.create({
  name: "footnoteReference",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes() {
    const ofLink = (read) => inner(null, { parseHTML: (node) => read(node.querySelector("a")) });
    return {
      href: ofLink((link) => link?.getAttribute("href")),
      linkId: ofLink((link) => link?.dataset.linkId),
      label: ofLink((link) => link?.textContent),
    };
  },
  parseHTML() {
    return [{ tag: "sup.footnote-ref:has(a[href^='#'])", priority: 100 }];
  },
  renderHTML({ node, HTMLAttributes }) {
    const { href, linkId, label } = node.attrs;
    return ["sup", mergeAttributes(HTMLAttributes, { class: "footnote-ref" }), ["a", { href, "data-link-id": linkId }, label ?? ""]];
  },
});

/** The caption and columns of a table are kept as HTML: ProseMirror's tables hold nothing but rows. */
export const table = Table.extend({
  addAttributes() {
    return {
      caption: inner("", { parseHTML: (node) => captionOf(node) }),
      columns: inner(""),
    };
  },
  addNodeView: null,
  renderHTML({ node, HTMLAttributes }) {
    const dom = document.createElement("table");
    Object.entries(HTMLAttributes).forEach(([name, value]) => dom.setAttribute(name, value));
    if (node.attrs.caption) {
      const caption = dom.createCaption();
      caption.contentEditable = "false";
      caption.append(parse(node.attrs.caption).textContent);
    }
    return { dom, contentDOM: dom.createTBody() };
  },
}).configure({ View: null });

function captionOf(node) {
  const words = node.querySelector("caption")?.textContent.trim();
  const caption = document.createElement("caption");
  caption.textContent = words ?? "";
  return words ? caption.outerHTML : "";
}

/** `section` is head, body, foot, or null where it is like the row above. */
export const tableRow = TableRow.extend({
  addAttributes() {
    return {
      section: inner(null, {
        parseHTML: ({ parentElement }) => ({ thead: "head", tfoot: "foot" })[parentElement?.localName] ?? null,
      }),
    };
  },
});

const span = (name) => ({
  default: 1,
  parseHTML: (element) => Math.min(100, Number.parseInt(element.getAttribute(name), 10) || 1),
});
const CELL = {
  addAttributes() {
    return { colspan: span("colspan"), rowspan: span("rowspan"), colwidth: inner(null) };
  },
};
export const tableCell = TableCell.extend(CELL);
export const tableHeader = TableHeader.extend({
  addAttributes() {
    return { ...CELL.addAttributes(), scope: { default: null }, abbr: { default: null } };
  },
});

export const NODES = [
  paragraph, heading, listItem, orderedList, codeBlock, hardBreak, blockquote, callout, container, image, figure,
  footnoteReference, table, tableRow, tableCell, tableHeader,
];

/** And about every mark: `part` tells elements apart that stand side by side and are the same. */
export const ABOUT_MARKS = { part: inner(0) };

/** What else there is about every node: see ids.js, attributes.js, print.js. */
export const ABOUT_NODES = {
  blockId: inner(null, { keepOnSplit: false }),
  anchor: inner(null, { keepOnSplit: false }),
  attributes: { default: null, parseHTML: pasted },
  gaps: inner(null), // of an element with blocks in it: white space before the first, between them, after the last
};
