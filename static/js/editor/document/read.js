// From a block's HTML to a node. What would not come back the same is a raw block.
import { Fragment } from "@tiptap/pm/model";
import { TableMap } from "@tiptap/pm/tables";

import { classesOf, kept, withClasses } from "./attributes.js";
import { parted } from "./blocks.js";
import { markFor } from "./marks.js";
import { canonical, holdsBlocks, inner, isBlank, isBlock, isElement, outer, parse } from "./markup.js";
import { printNode, remember } from "./print.js";

const SPACES = /([ \t\n\f\r]+)/;
const CONTAINERS = new Set("address article aside dd details div dl dt figcaption figure footer header section summary".split(" "));
const SHORT = new Set(["li", "td", "th", "dt", "dd", "summary", "figcaption"]);

const METHODS = {
  p: "readParagraph", h1: "readHeading", h2: "readHeading", h3: "readHeading", h4: "readHeading", h5: "readHeading",
  h6: "readHeading", blockquote: "readQuote", ul: "readBullets", ol: "readNumbered", aside: "readRemark",
  div: "readRemark", section: "readRemark", hr: "readRule", pre: "readCode", figure: "readFigure", table: "readTable",
};

/** Whatever is not to be read by the rules below: (element, reader) => node or null, asked in turn. */
export const READERS = [];

/** The node for one block of a body: always exactly one. */
export function readBlock(schema, html) {
  return new Reader(schema).block(html);
}

class Reader {
  constructor(schema) {
    this.schema = schema;
    this.nodes = schema.nodes;
  }

  block(html) {
    const [source] = parted(html);
    const box = parse(source);
    const node = this.attempt(() => this.top(box));
    return node && this.isFaithful(node, box) ? node : this.nodes.rawBlock.create({ html: source.trimStart() });
  }

  top(box) {
    const inside = [...box.childNodes].filter((child) => isElement(child) || !isBlank(child.data));
    if (inside.length === 1 && isBlock(inside[0])) {
      return this.element(inside[0], "");
    }
    const isRun = !inside.some((child) => isBlock(child) || holdsBlocks(child));
    return isRun ? this.nodes.paragraph.create({ bare: "top" }, this.line([...box.childNodes])) : null;
  }

  /** Printing gives the same back. `around`: an element that holds just what the node stands for. */
  isFaithful(node, around) {
    return canonical(parse(printNode(node, { fresh: true }))) === canonical(around);
  }

  /** A node, or null where the schema refuses it. */
  attempt(make) {
    try {
      const node = make();
      node?.check();
      return node;
    } catch (error) {
      if (error instanceof RangeError) {
        return null;
      }
      throw error;
    }
  }

  /** The node for an element of BLOCKS; a raw block if need be. Not for what is nested wrongly: null. */
  element(element, parent) {
    for (const reader of READERS) {
      const node = reader(element, this);
      if (node) {
        return node;
      }
    }
    const name = element.localName;
    const method = METHODS[name] ?? (CONTAINERS.has(name) ? "readContainer" : null);
    const node = method && this[method](element, parent);
    if (node && node.attrs.bare !== "inner") {
      remember(node, element);
    }
    return node;
  }

  create(name, element, attrs, content, ...but) {
    const { gaps, nodes } = content?.nodes ? content : { gaps: null, nodes: content };
    return this.nodes[name].create(
      { anchor: element.getAttribute("id"), attributes: kept(element, "id", ...but), gaps, ...attrs },
      nodes,
    );
  }

  readParagraph(element, parent) {
    const bare = SHORT.has(parent) ? false : null;
    return this.orRaw(element, this.create("paragraph", element, { bare }, this.line([...element.childNodes])));
  }

  readHeading(element) {
    const level = Number(element.localName[1]);
    return this.orRaw(element, this.create("heading", element, { level }, this.line([...element.childNodes])));
  }

  /** The node, or the element as a raw block if the node would not print it. */
  orRaw(element, node) {
    return this.isFaithful(node, boxed([element])) ? node : this.raw(element);
  }

  raw(element) {
    return this.nodes.rawBlock.create({ html: outer(element) });
  }

  readQuote(element) {
    return this.callout(element) ?? this.create("blockquote", element, {}, this.flow(element));
  }

  readBullets(element) {
    return this.create("bulletList", element, {}, this.items(element));
  }

  readNumbered(element) {
    const start = element.getAttribute("start");
    const attrs = { start: Number(start ?? 1), type: element.getAttribute("type") };
    return this.create("orderedList", element, attrs, this.items(element), "start", "type");
  }

  items(element) {
    return this.children(element, "li", (item) => this.create("listItem", item, {}, this.flow(item, true)));
  }

  /** The children of an element that may only be of one kind. Refuses others by a RangeError. */
  children(element, name, make) {
    const gaps = new Gaps();
    const nodes = [];
    for (const child of element.childNodes) {
      if (!isElement(child)) {
        if (!isBlank(child.data)) {
          throw new RangeError("text between items");
        }
        gaps.add(nodes.length, child.data);
      } else if (child.localName === name) {
        const node = make(child);
        remember(node, child);
        nodes.push(node);
      } else {
        throw new RangeError(`${child.localName} between items`);
      }
    }
    return { nodes, gaps: gaps.found(nodes.length) };
  }

  /** Blocks in an element, text between them as bare paragraphs. */
  flow(element, needsOne = true) {
    const gaps = new Gaps();
    const nodes = [];
    let run = [];
    const flush = () => {
      const { before, after, trimmed } = edges(run);
      run = [];
      gaps.add(nodes.length, before);
      if (trimmed.length) {
        nodes.push(this.bareParagraph(trimmed));
        gaps.add(nodes.length, after);
      }
    };
    for (const child of element.childNodes) {
      if (isBlock(child)) {
        flush();
        nodes.push(this.attempt(() => this.element(child, element.localName)) ?? this.raw(child));
      } else {
        run.push(child);
      }
    }
    flush();
    if (!nodes.length && needsOne) {
      nodes.push(this.nodes.paragraph.create({ bare: "inner" }));
    }
    return { nodes, gaps: gaps.found(nodes.length) };
  }

  bareParagraph(run) {
    const line = this.line(run);
    // Printed on its own: a paragraph that is bare inside of something would have a <p> there.
    if (this.isFaithful(this.nodes.paragraph.create({ bare: "top" }, line), boxed(run))) {
      return this.nodes.paragraph.create({ bare: "inner" }, line);
    }
    const html = run.map(outer).join("");
    return this.nodes.paragraph.create({ bare: "inner" }, this.nodes.rawInline.create({ html }));
  }

  callout(element) {
    const classes = classesOf(kept(element));
    const kind = classes.map((name) => /^callout-(\w+)$/.exec(name)?.[1]).filter(Boolean);
    if (kind.length !== 1 || !classes.includes("callout")) {
      return null;
    }
    const rest = classes.filter((name) => !name.startsWith("callout"));
    const attributes = withClasses(kept(element, "id"), rest);
    return this.create("callout", element, { kind: kind[0], tag: element.localName, attributes }, this.flow(element));
  }

  readRemark(element) {
    return this.callout(element) ?? this.readContainer(element);
  }

  readContainer(element) {
    return this.create("container", element, { tag: element.localName }, this.flow(element, false));
  }

  readRule(element) {
    return this.create("horizontalRule", element, {}, null);
  }

  readCode(element) {
    const code = element.firstElementChild;
    const plain = !code;
    if (code && (code.localName !== "code" || code.firstElementChild || element.childNodes.length > 1)) {
      return this.raw(element);
    }
    const text = element.textContent;
    const classes = classesOf(code && kept(code));
    const language = classes.filter((name) => name.startsWith("language-"));
    const isNamed = language.length === 1;
    const rest = isNamed ? classes.filter((name) => name !== language[0]) : classes;
    const ending = text.endsWith("\n") ? "\n" : "";
    const attrs = {
      plain,
      ending,
      language: isNamed ? language[0].slice("language-".length) : null,
      codeAttributes: code ? withClasses(kept(code), rest) : null,
    };
    const shown = ending ? text.slice(0, -1) : text;
    return this.orRaw(element, this.create("codeBlock", element, attrs, shown ? this.schema.text(shown) : null));
  }

  readFigure(element) {
    const [media, caption, more] = [...element.childNodes].filter((child) => isElement(child) || !isBlank(child.data));
    const link = media?.localName === "a" && media.childNodes.length === 1 ? media : null;
    const image = link ? link.firstElementChild : media;
    const hasCaption = caption?.localName === "figcaption" && ![...caption.children].some((child) => isBlock(child) || holdsBlocks(child));
    if (more || image?.localName !== "img" || (caption && !hasCaption)) {
      return this.readContainer(element);
    }
    const sizes = classesOf(kept(element)).filter((name) => name.startsWith("size-"));
    const size = sizes.length === 1 ? sizes[0].slice("size-".length) : null;
    const rest = classesOf(kept(element)).filter((name) => !size || name !== sizes[0]);
    const names = ["src", "alt", "title", "width", "height"];
    const attrs = {
      ...Object.fromEntries(names.map((name) => [name, image.getAttribute(name)])),
      imageAttributes: kept(image, ...names),
      href: link?.getAttribute("href") ?? null,
      linkAttributes: link ? kept(link, "href") : null,
      captionAttributes: caption ? (kept(caption) ?? {}) : null,
      size,
      attributes: withClasses(kept(element, "id"), rest),
      gaps: /\n/.test(element.textContent.slice(0, 1)) ? ["\n", "\n", "\n"] : null,
    };
    const node = this.create("figure", element, attrs, caption ? this.line([...caption.childNodes]) : null);
    return this.isFaithful(node, boxed([element])) ? node : this.readContainer(element);
  }

  readTable(element) {
    const rows = [];
    const parts = { caption: "", columns: "" };
    let gap = "";
    for (const child of element.childNodes) {
      const name = child.localName;
      if (name === "caption") {
        parts.caption = outer(child);
      } else if (name === "colgroup") {
        parts.columns += outer(child);
      } else if (["thead", "tbody", "tfoot"].includes(name)) {
        const section = { thead: "head", tbody: "body", tfoot: "foot" }[name];
        const read = this.children(child, "tr", (row) => this.row(row, section));
        rows.push(...read.nodes);
        gap ||= read.gaps?.[1] ?? "";
      } else if (isElement(child) || !isBlank(child.data)) {
        throw new RangeError(`${name} in a table`);
      } else {
        gap ||= child.data;
      }
    }
    const node = this.create("table", element, parts, { nodes: rows, gaps: gap ? [gap, gap, gap] : null });
    // ProseMirror would fill up a table whose rows are of different lengths.
    return rows.length && !TableMap.get(node).problems ? this.orRaw(element, node) : this.raw(element);
  }

  row(element, section) {
    const gaps = new Gaps();
    const cells = [];
    for (const child of element.childNodes) {
      if (["td", "th"].includes(child.localName)) {
        cells.push(this.cell(child));
      } else if (isElement(child) || !isBlank(child.data)) {
        throw new RangeError("no cell");
      } else {
        gaps.add(cells.length, child.data);
      }
    }
    return this.create("tableRow", element, { section }, { nodes: cells, gaps: gaps.found(cells.length) });
  }

  cell(element) {
    const spans = (name) => Number(element.getAttribute(name) ?? 1);
    const attrs = { colspan: spans("colspan"), rowspan: spans("rowspan") };
    const isHeader = element.localName === "th";
    if (isHeader) {
      Object.assign(attrs, { scope: element.getAttribute("scope"), abbr: element.getAttribute("abbr") });
    }
    const but = isHeader ? ["colspan", "rowspan", "scope", "abbr"] : ["colspan", "rowspan"];
    const node = this.create(isHeader ? "tableHeader" : "tableCell", element, attrs, this.flow(element), ...but);
    remember(node, element);
    return node;
  }

  /** Nodes of a line from DOM nodes: white space as it is shown, with marks that say what it was. */
  line(domNodes) {
    const found = [];
    const { trimmed } = edges(domNodes);
    trimmed.forEach((child) => this.inline(child, [], found));
    return Fragment.fromArray(found);
  }

  inline(node, marks, found) {
    if (!isElement(node)) {
      this.text(node.data ?? "", marks, found);
      return;
    }
    const made = this.leaf(node);
    if (made) {
      found.push(made.mark(marks));
      return;
    }
    const mark = markFor(this.schema, node, kept(node), marks, found.at(-1)?.marks ?? []);
    if (!mark || !node.childNodes.length || holdsBlocks(node)) {
      found.push(this.nodes.rawInline.create({ html: outer(node) }).mark(marks));
      return;
    }
    const before = found.length;
    node.childNodes.forEach((child) => this.inline(child, [...marks, mark], found));
    if (found.length === before) {
      found.push(this.nodes.rawInline.create({ html: outer(node) }).mark(marks));
    }
  }

  leaf(element) {
    if (element.localName === "br") {
      return this.create("hardBreak", element, {}, null);
    }
    if (element.localName === "img") {
      const names = ["src", "alt", "title", "width", "height"];
      const attrs = Object.fromEntries(names.map((name) => [name, element.getAttribute(name)]));
      return this.create("image", element, attrs, null, ...names);
    }
    const link = element.firstElementChild;
    const isReference =
      element.matches("sup.footnote-ref") && element.attributes.length === 1 && element.childNodes.length === 1 &&
      link?.localName === "a" && !link.firstElementChild && link.getAttribute("href")?.startsWith("#") &&
      Object.keys(kept(link, "href", "id") ?? {}).length === 0;
    return isReference
      ? this.nodes.footnoteReference.create({
          href: link.getAttribute("href"), linkId: link.getAttribute("id"), label: link.textContent,
        })
      : null;
  }

  text(text, marks, found) {
    const last = found.at(-1);
    const [, swallowed = "", rest] = last?.type.name === "hardBreak" ? /^([ \t\n\f\r]*)([^]*)$/.exec(text) : [0, "", text];
    if (swallowed) {
      found[found.length - 1] = last.type.create({ ...last.attrs, after: last.attrs.after + swallowed }).mark(last.marks);
    }
    let words = "";
    const flush = () => {
      if (words) {
        found.push(this.schema.text(words, marks));
        words = "";
      }
    };
    rest.split(SPACES).forEach((part, at) => {
      if (at % 2 === 0 || part === " ") {
        words += part;
      } else {
        flush();
        found.push(this.schema.text(" ", [...marks, this.schema.marks.space.create({ source: part })]));
      }
    });
    flush();
  }
}

function boxed(nodes) {
  const box = parse("");
  box.append(...nodes.map((node) => node.cloneNode(true)));
  return box;
}

/** A run of DOM nodes without the white space at its ends, which nobody sees, and that white space. */
function edges(run) {
  const trimmed = [...run];
  let before = "";
  let after = "";
  while (trimmed.length && !isElement(trimmed[0])) {
    const [, space, rest] = /^([ \t\n\f\r]*)([^]*)$/.exec(trimmed[0].data);
    before += space;
    if (rest) {
      trimmed[0] = new Text(rest);
      break;
    }
    trimmed.shift();
  }
  while (trimmed.length && !isElement(trimmed.at(-1))) {
    const [, rest, space] = /^([^]*?)([ \t\n\f\r]*)$/.exec(trimmed.at(-1).data);
    after = space + after;
    if (rest) {
      trimmed[trimmed.length - 1] = new Text(rest);
      break;
    }
    trimmed.pop();
  }
  return { before, after, trimmed };
}

/** The white space before the first block in an element, between blocks, and after the last. */
class Gaps {
  spaces = [];

  add(at, text) {
    this.spaces[at] = (this.spaces[at] ?? "") + (text ?? "");
  }

  found(count) {
    const between = this.spaces.slice(1, count).find(Boolean) ?? "";
    const gaps = count ? [this.spaces[0] ?? "", between, this.spaces[count] ?? ""] : null;
    return gaps?.some(Boolean) ? gaps : null;
  }
}
