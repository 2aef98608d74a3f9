// Blocks from elsewhere put into an open document: only what differs, around what the writer is doing.
import { TextSelection } from "@tiptap/pm/state";

/**
 * What becomes of each block: [{id, html} (as given) or {id, keep: true}, …] in order.
 *
 * mine: the blocks now; theirs: those to show; sent: those theirs was made from. What changed here since `sent` stays.
 */
export function merged(mine, theirs, sent = mine) {
  const now = new Map(mine);
  const base = new Map(sent);
  const wanted = new Map(theirs);
  const isMine = (id) => now.has(id) && now.get(id) !== base.get(id);
  const result = [];
  for (const [id, html] of theirs) {
    if (now.has(id)) {
      result.push(isMine(id) || now.get(id) === html ? { id, keep: true } : { id, html });
    } else if (base.get(id) !== html) {
      result.push({ id, html });
    }
  }
  mine.forEach(([id], at) => {
    if (!wanted.has(id) && isMine(id)) {
      const before = at ? result.findIndex((block) => block.id === mine[at - 1][0]) : -1;
      result.splice(before + 1, 0, { id, keep: true });
    }
  });
  return result;
}

/** The steps that make a document of `result` out of a transaction's; `make(id, html)` gives the node of a block. */
export function applyTo(tr, result, make) {
  const places = new Map();
  tr.doc.forEach((node, pos, index) => places.set(node.attrs.blockId, { node, pos, index }));
  const staying = rising(result.filter(({ id }) => places.has(id)).map(({ id }) => places.get(id).index));
  let end = tr.doc.content.size;
  // From the end, so that no position has to be mapped.
  for (let at = result.length - 1; at >= 0; at -= 1) {
    const { id, html, keep } = result[at];
    const place = places.get(id);
    if (place && staying.has(place.index)) {
      const after = place.pos + place.node.nodeSize;
      if (after < end) {
        tr.delete(after, end);
      }
      if (!keep) {
        replaceWithin(tr, place.pos, make(id, html));
      }
      end = place.pos;
    } else {
      tr.insert(end, keep ? place.node : make(id, html));
    }
  }
  if (end > 0) {
    if (end === tr.doc.content.size) {
      tr.replaceWith(0, end, tr.doc.type.schema.nodes.paragraph.create());
    } else {
      tr.delete(0, end);
    }
  }
  return tr;
}

/** The longest part of a list of numbers that rises: the blocks that need not move. */
function rising(numbers) {
  const lengths = [];
  const before = [];
  numbers.forEach((number, at) => {
    before[at] = -1;
    lengths[at] = 1;
    // Nearly always it is the one just before.
    for (let other = at - 1; other >= 0 && lengths[at] <= other + 1; other -= 1) {
      if (numbers[other] < number && lengths[other] + 1 > lengths[at]) {
        [lengths[at], before[at]] = [lengths[other] + 1, other];
      }
    }
  });
  const found = new Set();
  let at = lengths.indexOf(Math.max(...lengths));
  while (at >= 0) {
    found.add(numbers[at]);
    at = before[at];
  }
  return found;
}

/** Put `node` in the place of the one at `pos`, changing as little as possible: a caret in what stays, stays. */
function replaceWithin(tr, pos, node) {
  const old = tr.doc.nodeAt(pos);
  const steps = tr.steps.length;
  if (old.type === node.type && !old.isAtom) {
    for (const name of Object.keys(node.attrs)) {
      if (JSON.stringify(old.attrs[name]) !== JSON.stringify(node.attrs[name])) {
        tr.setNodeAttribute(pos, name, node.attrs[name]);
      }
    }
    const start = old.content.findDiffStart(node.content);
    if (start !== null) {
      let { a, b } = old.content.findDiffEnd(node.content);
      const overlap = start - Math.min(a, b);
      if (overlap > 0) {
        a += overlap;
        b += overlap;
      }
      tr.replace(pos + 1 + start, pos + 1 + a, node.slice(start, b));
    }
    if (tr.doc.nodeAt(pos)?.eq(node)) {
      return;
    }
  }
  const { size } = old.content;
  const grown = tr.mapping.slice(steps).map(pos + size + (old.isLeaf ? 1 : 2));
  tr.replaceWith(pos, grown, node);
}

/** The caret at the beginning of a block, and the block in sight. */
export function focusBlock(view, id) {
  let found = null;
  view.state.doc.forEach((node, pos) => {
    found = node.attrs.blockId === id ? pos : found;
  });
  if (found === null) {
    return false;
  }
  const { tr } = view.state;
  view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(found), 1)).scrollIntoView());
  view.focus();
  return true;
}

/** Do something that may change heights, with what is in sight staying where it is. */
export function withoutScrolling(view, change) {
  const inSight = [...view.dom.children].find((child) => child.getBoundingClientRect().bottom > 0);
  const before = inSight?.getBoundingClientRect().top;
  change();
  if (inSight?.isConnected && before < 0) {
    const moved = inSight.getBoundingClientRect().top - before;
    if (Math.abs(moved) >= 1) {
      window.scrollBy(0, moved);
    }
  }
}
