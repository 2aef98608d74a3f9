// Lists of blocks, [[id, text], …]: what changed between two of them, and three merged into one by the blocks' ids.

/** What turns `was` into `now`: {at, remove, blocks}. */
export function spliceBetween(was, now) {
  const most = Math.min(was.length, now.length);
  const equal = (one, other) => one[0] === other[0] && one[1] === other[1];
  let at = 0;
  while (at < most && equal(was[at], now[at])) at += 1;
  let end = 0;
  while (end < most - at && equal(was[was.length - 1 - end], now[now.length - 1 - end])) end += 1;
  return { at, remove: was.length - at - end, blocks: now.slice(at, now.length - end) };
}

export function isNothing(splice) {
  return !splice.remove && !splice.blocks.length;
}

export function spliced(blocks, { at, remove, blocks: put }) {
  return [...blocks.slice(0, at), ...put, ...blocks.slice(at + remove)];
}

export function areEqual(one, other) {
  return one.length === other.length && isNothing(spliceBetween(one, other));
}

/** Whether two texts of a block mean the same, however their HTML is written; null: there is no such block. */
export function isSame(one, other) {
  if (one === other) return true;
  return one !== null && other !== null && tidy(one) === tidy(other);
}

/**
 * `theirs` and `mine` in one list, where both came from `base`. Of a block that both changed, mine is in the result
 * (theirs, if mine was deleted) and {id, mine, theirs} among the conflicts; so it is with each id in `held`.
 */
export function merge(base, theirs, mine, held = new Set()) {
  const [before, there, here] = [new Map(base), new Map(theirs), new Map(mine)];
  const texts = new Map(), conflicts = [];
  for (const id of new Set([...before.keys(), ...there.keys(), ...here.keys()])) {
    const [was, their, my] = [before, there, here].map((texts) => texts.get(id) ?? null);
    let text = my;
    if (held.has(id)) text = my ?? their;
    else if (isSame(their, my) || isSame(my, was)) text = their;
    else if (!isSame(their, was)) {
      text = my ?? their;
      conflicts.push({ id, mine: my, theirs: their });
    }
    if (text !== null) texts.set(id, text);
  }
  const ids = [base, theirs, mine].map((list) => list.map(([id]) => id));
  return { blocks: inOrder(...ids, texts).map((id) => [id, texts.get(id)]), conflicts };
}

/** The ids that have a text: in their order, or in mine where only I moved something; the other's new ones after their neighbours. */
function inOrder(base, theirs, mine, texts) {
  const [frame, other] = isMoved(base, mine) && !isMoved(base, theirs) ? [mine, theirs] : [theirs, mine];
  return filled(frame.filter((id) => texts.has(id)), other.filter((id) => texts.has(id)));
}

function isMoved(base, list) {
  const [inBase, inList] = [new Set(base), new Set(list)];
  const left = base.filter((id) => inList.has(id));
  return list.filter((id) => inBase.has(id)).some((id, index) => id !== left[index]);
}

/** `frame` with what only `other` has, each after the one that it follows in `other`. */
export function filled(frame, other) {
  const result = [...frame], present = new Set(frame);
  other.forEach((id, index) => {
    if (present.has(id)) return;
    result.splice(index ? result.indexOf(other[index - 1]) + 1 : 0, 0, id);
    present.add(id);
  });
  return result;
}

function tidy(html) {
  if (!/[<&]/.test(html)) return html.trim();
  return new DOMParser().parseFromString(html, "text/html").body.innerHTML.trim();
}
