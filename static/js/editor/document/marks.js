// The marks of a document. Each knows the element it stands for (`tag`) and keeps that element's attributes.
import { Mark, mergeAttributes } from "@tiptap/core";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { Highlight } from "@tiptap/extension-highlight";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { Strike } from "@tiptap/extension-strike";
import { Subscript } from "@tiptap/extension-subscript";
import { Superscript } from "@tiptap/extension-superscript";
import { Underline } from "@tiptap/extension-underline";

import { inner } from "./nodes.js";

/** The elements that mean the same to a writer: the first is what a tool makes. */
const TAGS = {
  bold: ["strong", "b"],
  italic: ["em", "i"],
  strike: ["s", "del"],
  underline: ["u"],
  code: ["code"],
  subscript: ["sub"],
  superscript: ["sup"],
  highlight: ["mark"],
};
/** Elements that no tool makes, which are kept: `element` is a mark for any of them. */
const OTHERS = "abbr bdi bdo cite dfn ins kbd q samp small span time var".split(" ");

function mark(extension, more = {}) {
  const [first, ...others] = TAGS[extension.name];
  return extension.extend({
    excludes: extension.name,
    addAttributes() {
      return {
        tag: inner(first, { parseHTML: ({ localName }) => (others.includes(localName) ? localName : null) }),
      };
    },
    renderHTML({ mark: { attrs }, HTMLAttributes }) {
      return [attrs.tag, HTMLAttributes, 0];
    },
    ...more,
  });
}

export const bold = mark(Bold);
export const italic = mark(Italic);
export const strike = mark(Strike);
export const underline = mark(Underline);
export const code = mark(Code);
export const subscript = mark(Subscript);
export const superscript = mark(Superscript);
export const highlight = mark(Highlight, {
  parseHTML() {
    return [{ tag: "mark" }];
  },
});

export const link = Link.extend({
  addAttributes() {
    return { href: { default: null } };
  },
  renderHTML({ HTMLAttributes }) {
    return ["a", HTMLAttributes, 0];
  },
}).configure({ openOnClick: false, autolink: false, HTMLAttributes: {} });

/** Any other inline element. Several may be around the same text. */
export const elementMark = Mark.create({
  name: "element",
  excludes: "",
  addAttributes() {
    return { tag: inner("span", { parseHTML: ({ localName }) => localName }) };
  },
  parseHTML() {
    // A <span> or <time> from elsewhere means nothing here.
    return OTHERS.filter((tag) => tag !== "span" && tag !== "time").map((tag) => ({ tag }));
  },
  renderHTML({ mark: { attrs }, HTMLAttributes }) {
    // A link without an address would be clicked in vain.
    return [attrs.tag === "a" ? "span" : attrs.tag, HTMLAttributes, 0];
  },
});

/**
 * White space of the source that a browser shows as one space: the line breaks within a paragraph above all. The text
 * has a space in its place, so that it is shown and edited as readers see it, and printing gives back what it was.
 */
export const space = Mark.create({
  name: "space",
  inclusive: false,
  excludes: "space",
  addAttributes() {
    return { source: inner(" ") };
  },
  renderHTML({ HTMLAttributes }) {
    return ["span", mergeAttributes(HTMLAttributes, { "data-space": "" }), 0];
  },
});

export const MARKS = [
  bold, italic, strike, underline, code, link, subscript, superscript, highlight, elementMark, space,
];
const NAMES = Object.fromEntries(Object.entries(TAGS).flatMap(([name, tags]) => tags.map((tag) => [tag, name])));

/**
 * The mark for an inline element around text that has `active` marks already, or null. `before`: the marks of what
 * stands just before it: an element there that is the same is another one.
 */
export function markFor(schema, node, attributes, active, before) {
  const made = markOf(schema, node, attributes, active);
  const twin = made && before.find(({ type, attrs }) => made.eq(type.create({ ...attrs, part: 0 })));
  return twin ? made.type.create({ ...made.attrs, part: 1 - twin.attrs.part }) : made;
}

function markOf(schema, node, attributes, active) {
  const tag = node.localName;
  const name = NAMES[tag];
  if (tag === "a" && "href" in (attributes ?? {}) && !active.some(({ type }) => type.name === "link")) {
    const { href, ...rest } = attributes;
    return schema.marks.link.create({ href, attributes: Object.keys(rest).length ? rest : null });
  }
  if (name && !active.some(({ type }) => type.name === name)) {
    return schema.marks[name].create({ tag, attributes });
  }
  return name || tag === "a" || OTHERS.includes(tag) ? schema.marks.element.create({ tag, attributes }) : null;
}
