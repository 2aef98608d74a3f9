// Where something that stands between paragraphs goes.
import { Selection, TextSelection } from "@tiptap/pm/state";

/** A place for a new block, but never among or below the footnotes. */
function aboveNotes(doc, position) {
  let found = position;
  doc.forEach((block, pos) => {
    const classes = (block.attrs.attributes?.class ?? "").split(/\s+/);
    if (classes.includes("footnotes") || classes.includes("footnotes-sep")) {
      found = Math.min(found, pos);
    }
  });
  return found;
}

/** The place for a new block at a position: beside the block of the whole document that it is in. */
export function beside(doc, position) {
  return aboveNotes(doc, besideBlock(doc, position));
}

function besideBlock(doc, position) {
  const $position = doc.resolve(Math.min(position, doc.content.size));
  if ($position.depth === 0) {
    return $position.pos;
  }
  const block = $position.node(1);
  const isAtStart = $position.pos <= $position.start(1);
  return (block.isTextblock && block.content.size === 0) || isAtStart ? $position.before(1) : $position.after(1);
}

/** The place between blocks nearest to a point of the screen. */
export function besidePoint(view, point) {
  return aboveNotes(view.state.doc, nearest(view, point));
}

function nearest(view, { clientX, clientY }) {
  const found = view.posAtCoords({ left: clientX, top: clientY });
  if (!found) {
    return view.state.doc.content.size;
  }
  const $position = view.state.doc.resolve(found.pos);
  if ($position.depth === 0) {
    return $position.pos;
  }
  const start = $position.before(1);
  const box = view.nodeDOM(start)?.getBoundingClientRect?.();
  return box && clientY < box.top + box.height / 2 ? start : $position.after(1);
}

/** Put blocks into a transaction where the caret is: instead of an empty paragraph, else below its block. */
export function putBlocks(transaction, nodes) {
  const { $from } = transaction.selection;
  const at = beside(transaction.doc, $from.pos);
  const block = transaction.doc.nodeAt(at);
  const isEmpty = $from.depth === 1 && block?.type.name === "paragraph" && block.content.size === 0 && $from.before(1) === at;
  transaction.replaceWith(at, isEmpty ? at + block.nodeSize : at, nodes);
  const size = nodes.reduce((sum, node) => sum + node.nodeSize, 0);
  return { at, end: at + size };
}

/** Put the caret into the block after a position; where there is none, into a new paragraph. */
export function caretAfter(transaction, position) {
  const $position = transaction.doc.resolve(position);
  const next = $position.nodeAfter;
  if (!next?.isTextblock || next.type.spec.code || next.type.name === "figure") {
    transaction.insert(position, transaction.doc.type.schema.nodes.paragraph.create());
  }
  return transaction.setSelection(TextSelection.create(transaction.doc, position + 1)).scrollIntoView();
}

/** Put the caret at the first place for it from a position on. */
export function caretNear(transaction, position) {
  return transaction.setSelection(Selection.near(transaction.doc.resolve(position))).scrollIntoView();
}
