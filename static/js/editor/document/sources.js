// Where each block came from: as long as a block is as it was read, it is printed as its source.
import { newId, parted, split } from "./blocks.js";
import { printNode } from "./print.js";
import { readBlock } from "./read.js";

export class Sources {
  origins = new Map(); // id => {node, source}
  printed = new WeakMap();
  tail = "\n"; // white space after a block that is new

  /** The document for a body. */
  read(schema, html, ids) {
    const sources = split(html);
    const tails = sources.slice(0, -1).map((source) => parted(source)[1]);
    this.tail = tails.find(Boolean) ?? (tails.length ? "" : "\n");
    const hasIds = ids.length === sources.length && new Set(ids).size === ids.length;
    const isEmpty = sources.every((source) => !source.trim());
    const nodes = (isEmpty ? [html] : sources).map((source, at) =>
      this.add(schema, hasIds && !isEmpty ? ids[at] : newId(), source),
    );
    return schema.topNodeType.createChecked(null, nodes);
  }

  /** The node for a block, known from now on. */
  add(schema, id, source) {
    const read = source.trim() ? readBlock(schema, source) : schema.nodes.paragraph.create();
    const node = read.type.create({ ...read.attrs, blockId: id }, read.content, read.marks);
    this.origins.set(id, { node, source });
    return node;
  }

  /** A block as it stands in the document is, from now on, what `source` stands for. */
  settle(id, node, source) {
    this.origins.set(id, { node, source });
  }

  isOriginal = (node) => {
    const origin = this.origins.get(node.attrs.blockId);
    return Boolean(origin && (origin.node === node || origin.node.eq(node)));
  };

  /** [[id, html], …] for a document. */
  blocks(doc) {
    const only = doc.childCount === 1 ? doc.firstChild : null;
    if (only && isEmptyParagraph(only) && !this.sourceOf(only)) {
      return [];
    }
    const blocks = [];
    let before = null;
    doc.forEach((node) => {
      blocks.push([node.attrs.blockId, this.print(node, before)]);
      before = node;
    });
    return blocks;
  }

  sourceOf(node) {
    return this.isOriginal(node) ? this.origins.get(node.attrs.blockId).source : null;
  }

  print(node, before) {
    const isAlone = !(node.attrs.bare && before?.attrs.bare);
    const source = isAlone && this.sourceOf(node);
    if (typeof source === "string") {
      return source;
    }
    const known = isAlone && this.printed.get(node);
    if (known) {
      return known;
    }
    const [head, tail] = this.around(node.attrs.blockId);
    const html = head + printNode(node, { before }) + tail;
    if (isAlone) {
      this.printed.set(node, html);
    }
    return html;
  }

  /** The white space around a block in its source. */
  around(id) {
    const origin = this.origins.get(id);
    if (!origin?.source.trim()) {
      return ["", this.tail];
    }
    const [body, tail] = parted(origin.source);
    return [body.slice(0, body.length - body.trimStart().length), tail];
  }
}

function isEmptyParagraph(node) {
  const { bare, anchor, attributes } = node.attrs;
  return node.type.name === "paragraph" && !node.childCount && !bare && !anchor && !attributes;
}
