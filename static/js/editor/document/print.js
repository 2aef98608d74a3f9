// From nodes to HTML. A node that is as it was read is printed as the element it was read from.
import { classesOf, withClasses } from "./attributes.js";
import { element, escape, outer, startTag } from "./markup.js";
import { figureAttributes } from "./nodes.js";

const LISTS = new Set(["bulletList", "orderedList"]);
const SHORT_CONTAINERS = new Set(["dt", "dd", "summary", "figcaption"]);

/** (node, printer, place) => HTML, by the name of the node. */
export const PRINTERS = {
  paragraph: (node, printer, place) =>
    isBare(node, place) ? printer.line(node) : element("p", attributesOf(node), printer.line(node)),
  heading: (node, printer) => element(`h${node.attrs.level}`, attributesOf(node), printer.line(node)),
  blockquote: (node, printer) => element("blockquote", attributesOf(node), printer.inside(node)),
  bulletList: (node, printer) => element("ul", attributesOf(node), printer.inside(node)),
  orderedList: (node, printer) => {
    const { start, type } = node.attrs;
    return element("ol", { start: start === 1 ? null : start, type, ...attributesOf(node) }, printer.inside(node));
  },
  listItem: (node, printer) => element("li", attributesOf(node), printer.inside(node)),
  horizontalRule: (node) => element("hr", attributesOf(node)),
  codeBlock: printCode,
  callout: (node, printer) => {
    const { kind, tag, attributes } = node.attrs;
    const classes = ["callout", `callout-${kind}`, ...classesOf(attributes)];
    return element(tag, { id: node.attrs.anchor, ...withClasses(attributes, classes) }, printer.inside(node));
  },
  container: (node, printer) => element(node.attrs.tag, attributesOf(node), printer.inside(node)),
  figure: printFigure,
  table: printTable,
  tableRow: (node, printer) => element("tr", attributesOf(node), printer.inside(node)),
  tableCell: (node, printer) => element("td", { ...spans(node), ...attributesOf(node) }, printer.inside(node)),
  tableHeader: (node, printer) => {
    const { scope, abbr } = node.attrs;
    return element("th", { ...spans(node), scope, abbr, ...attributesOf(node) }, printer.inside(node));
  },
  rawBlock: (node) => node.attrs.html,
  rawInline: (node) => node.attrs.html,
  hardBreak: (node) => element("br", attributesOf(node)) + node.attrs.after,
  image: (node) => element("img", { ...pictureOf(node), ...attributesOf(node) }),
  footnoteReference: ({ attrs: { href, linkId, label } }) =>
    element("sup", { class: "footnote-ref" }, element("a", { href, id: linkId }, escape(label ?? ""))),
  text: (node) => escape(spaceOf(node) ?? node.text),
};

const elements = new WeakMap();

/** Note which element a node was read from. */
export function remember(node, from) {
  elements.set(node, from);
}

/** The HTML of a node at the top level. fresh: without what is known about where it came from. */
export function printNode(node, { fresh = false, before = null } = {}) {
  return new Printer(fresh).node(node, { before });
}

class Printer {
  constructor(fresh) {
    this.fresh = fresh;
  }

  /** place: {parent, index, before: the node before it}. */
  node(node, place) {
    const print = PRINTERS[node.type.name];
    if (!print) {
      throw new Error(`no printer for ${node.type.name}`);
    }
    return print(node, this, place);
  }

  /** The blocks in a node. */
  inside(node, print = (child, place) => this.child(child, place)) {
    const [first, between, last] = node.attrs.gaps ?? ["", "", ""];
    const printed = [];
    node.forEach((child, _offset, index) => {
      printed.push(print(child, { parent: node, index, before: index ? node.child(index - 1) : null }));
    });
    return first + printed.join(between) + last;
  }

  child(node, place) {
    const from = this.fresh ? null : elements.get(node);
    return from ? outer(from) : this.node(node, place);
  }

  /** The text and all else in the lines of a node. */
  line(node) {
    const leaves = [];
    node.forEach((child) => leaves.push({ node: child, marks: child.marks.filter((mark) => mark.type.name !== "space") }));
    return this.leaves(leaves);
  }

  /** Elements are opened for as many leaves as have the mark: the longest first, of equally long ones the outer. */
  leaves(leaves) {
    let html = "";
    for (let at = 0; at < leaves.length; ) {
      const { node, marks } = leaves[at];
      if (!marks.length) {
        html += this.node(node, {});
        at += 1;
        continue;
      }
      const [mark, end] = longest(leaves, at);
      const within = leaves.slice(at, end).map((leaf) => ({ ...leaf, marks: without(leaf.marks, mark) }));
      html += around(mark, this.leaves(within));
      at = end;
    }
    return html;
  }
}

function longest(leaves, at) {
  let found = null;
  let furthest = at;
  for (const mark of leaves[at].marks) {
    let end = at + 1;
    while (end < leaves.length && leaves[end].marks.some((other) => other.eq(mark))) {
      end += 1;
    }
    if (end > furthest) {
      [found, furthest] = [mark, end];
    }
  }
  return [found, furthest];
}

function without(marks, mark) {
  const at = marks.findIndex((other) => other.eq(mark));
  return marks.filter((_, index) => index !== at);
}

function around(mark, html) {
  const { tag, href, attributes } = mark.attrs;
  return mark.type.name === "link" ? element("a", { href, ...attributes }, html) : element(tag, attributes ?? {}, html);
}

/** White space as it was in the source, if the text still is nothing but one space. */
function spaceOf(node) {
  const mark = node.text === " " && node.marks.find(({ type }) => type.name === "space");
  return mark ? mark.attrs.source : null;
}

function attributesOf({ attrs }) {
  return { id: attrs.anchor, ...attrs.attributes };
}

function spans({ attrs: { colspan, rowspan } }) {
  return { colspan: colspan > 1 ? colspan : null, rowspan: rowspan > 1 ? rowspan : null };
}

function pictureOf({ attrs: { src, alt, title, width, height } }) {
  return { src, alt, title, width, height };
}

/** Whether a paragraph has no <p> around it: never two of them in a row, they would be one. */
function isBare(node, { parent, index, before }) {
  const { bare } = node.attrs;
  if (before?.type.name === "paragraph" && before.attrs.bare) {
    return false;
  }
  if (!parent) {
    return bare === "top" && node.childCount > 0;
  }
  if (bare === false || bare === "inner") {
    return bare === "inner";
  }
  const isOnly = parent.childCount === 1;
  switch (parent.type.name) {
    case "listItem":
      return index === 0 && (isOnly || everyAfter(parent, 0, (child) => LISTS.has(child.type.name)));
    case "tableCell":
    case "tableHeader":
      return isOnly;
    case "container":
      return isOnly && SHORT_CONTAINERS.has(parent.attrs.tag);
    default:
      return false;
  }
}

function everyAfter(parent, index, holds) {
  for (let at = index + 1; at < parent.childCount; at += 1) {
    if (!holds(parent.child(at))) {
      return false;
    }
  }
  return true;
}

function printCode(node) {
  const { language, codeAttributes, plain, ending } = node.attrs;
  const text = escape(node.textContent) + ending;
  const isPlain = plain && !language && !codeAttributes;
  const classes = [...(language ? [`language-${language}`] : []), ...classesOf(codeAttributes)];
  const code = isPlain ? text : element("code", withClasses(codeAttributes, classes) ?? {}, text);
  return element("pre", attributesOf(node), code);
}

function printFigure(node, printer) {
  const { anchor, imageAttributes, href, linkAttributes, captionAttributes } = node.attrs;
  const [first, between, last] = node.attrs.gaps ?? ["", "", ""];
  const image = element("img", { ...pictureOf(node), ...imageAttributes });
  const media = href || linkAttributes ? element("a", { href, ...linkAttributes }, image) : image;
  const hasCaption = captionAttributes || node.childCount;
  const caption = hasCaption ? between + element("figcaption", captionAttributes ?? {}, printer.line(node)) : "";
  return element("figure", { id: anchor, ...figureAttributes(node.attrs) }, first + media + caption + last);
}

function printTable(node, printer) {
  const [, gap] = node.attrs.gaps ?? ["", "", ""];
  const sections = [];
  node.forEach((row, _offset, index) => {
    const section = sectionOf(node, index, sections.at(-1)?.section);
    if (sections.at(-1)?.section !== section) {
      sections.push({ section, rows: [] });
    }
    sections.at(-1).rows.push(printer.child(row, { parent: node, index }));
  });
  const bodies = sections.map(({ section, rows }) => element(`t${section}`, {}, gap + rows.map((row) => row + gap).join("")));
  const parts = [node.attrs.caption, node.attrs.columns, ...bodies].filter(Boolean);
  return startTag("table", attributesOf(node)) + gap + parts.map((part) => part + gap).join("") + "</table>";
}

function sectionOf(table, index, above) {
  const { section } = table.child(index).attrs;
  if (section) {
    return section;
  }
  const row = table.child(index);
  const isHead = index === 0 && everyAfter(row, -1, (cell) => cell.type.name === "tableHeader");
  return isHead ? "head" : above && above !== "head" ? above : "body";
}
