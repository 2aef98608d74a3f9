// Each block at the top level has an id (`blockId`), unique in the article; nothing below the top level has one.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";

import { newId } from "./blocks.js";

/**
 * Keeps ids right whatever happens to the document. Of several blocks with one id the one that is `isOriginal(node)`
 * keeps it, else the first: so the first part of a split paragraph, and not the second of a duplicate.
 */
export function blockIds(isOriginal) {
  return Extension.create({
    name: "blockIds",
    addProseMirrorPlugins() {
      return [
        new Plugin({
          key: new PluginKey("blockIds"),
          appendTransaction: (transactions, before, after) =>
            transactions.some((transaction) => transaction.docChanged)
              ? repaired(transactions, before.doc, after, isOriginal)
              : null,
        }),
      ];
    },
  });
}

function repaired(transactions, before, after, isOriginal) {
  const owners = new Map();
  const wanting = [];
  after.doc.forEach((node, pos) => {
    const id = node.attrs.blockId;
    const owner = id && owners.get(id);
    if (id && !owner) {
      owners.set(id, { node, pos });
    } else if (owner && isOriginal(node) && !isOriginal(owner.node)) {
      wanting.push(owner);
      owners.set(id, { node, pos });
    } else {
      wanting.push({ node, pos });
    }
  });
  const changes = wanting.sort((one, other) => one.pos - other.pos);
  const lost = changes.length ? lostIds(transactions, before, after.doc, owners) : new Map();
  const tr = after.tr;
  for (const { node, pos } of changes) {
    tr.setNodeAttribute(pos, "blockId", idFor(node, pos, owners, lost));
  }
  clearNested(before, after.doc, tr);
  return tr.docChanged ? tr : null;
}

/** An id that was inside (the block has been wrapped), that was here (it has been unwrapped), or a new one. */
function idFor(node, pos, owners, lost) {
  let found = lost.get(pos) ?? null;
  node.descendants((child) => {
    found ??= child.attrs.blockId && !owners.has(child.attrs.blockId) ? child.attrs.blockId : null;
    return found === null && !child.isTextblock;
  });
  const id = found && !owners.has(found) ? found : newId();
  owners.set(id, { node, pos });
  return id;
}

/** Ids that no block has any more, by the position of the block that is now where theirs was. */
function lostIds(transactions, before, doc, owners) {
  const found = new Map();
  before.forEach((node, pos) => {
    if (!owners.has(node.attrs.blockId)) {
      const mapped = transactions.reduce((at, { mapping }) => mapping.map(at, 1), pos);
      const $pos = doc.resolve(Math.min(mapped, doc.content.size));
      const start = $pos.depth ? $pos.before(1) : $pos.pos;
      if (!found.has(start)) {
        found.set(start, node.attrs.blockId);
      }
    }
  });
  return found;
}

/** Only blocks that are new can have an id inside. */
function clearNested(before, doc, tr) {
  const known = new Set();
  before.forEach((node) => known.add(node));
  doc.forEach((block, offset) => {
    if (known.has(block)) {
      return;
    }
    block.descendants((node, pos) => {
      if (node.attrs.blockId) {
        tr.setNodeAttribute(offset + 1 + pos, "blockId", null);
      }
      return !node.isTextblock;
    });
  });
}
