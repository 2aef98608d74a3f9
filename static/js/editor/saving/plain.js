// The textarea as a document, with the interface of the rich editor's: for articles in Markdown, and wherever the rich
// editor is not. Its blocks are paragraphs, each with the blank lines after it.
import { makeName } from "./names.js";

export function openPlain(field, ids = []) {
  let known = [], isComposing = false;
  const listeners = [];
  const texts = () => split(field.value);
  const named = () => {
    const now = texts().map((text) => ["", text]);
    known = withIds(known, now);
    return known;
  };
  known = texts().map((text, at) => [ids[at] ?? makeName(), text]);
  field.addEventListener("input", () => { for (const listener of listeners) listener(); });
  for (const event of ["compositionstart", "compositionend"]) field.addEventListener(event, () => { isComposing = event === "compositionstart"; });
  return {
    isPlain: true,
    get isComposing() { return isComposing; },
    editor: null,
    blocks: named,
    html: () => field.value,
    onChange: (listener) => listeners.push(listener),
    applyBlocks(wanted) {
      replace(field, named(), wanted);
      known = wanted.map((block) => [...block]);
    },
    focusBlock(id) {
      const index = named().findIndex(([one]) => one === id);
      const start = lengthOf(known.slice(0, Math.max(index, 0)));
      field.focus();
      field.setSelectionRange(start, start);
    },
  };
}

/** Paragraphs: a line after an empty one begins the next. The server splits the same way: app/articles/blocks.py. */
export function split(text) {
  const blocks = [];
  let isBegun = false, isParted = false;
  for (const line of text.match(/[^\n]*\n|[^\n]+/g) || []) {
    const hasWords = /[^ \t\n\r\f]/.test(line);
    if (!blocks.length || (hasWords && isBegun && isParted)) blocks.push(line);
    else blocks[blocks.length - 1] += line;
    if (hasWords) isBegun = true;
    isParted = !hasWords;
  }
  return blocks;
}

/** Blocks keep their ids where their text stayed; changed ones in their order. */
function withIds(known, now) {
  const most = Math.min(known.length, now.length);
  let start = 0, end = 0;
  while (start < most && known[start][1] === now[start][1]) start += 1;
  while (end < most - start && known[known.length - 1 - end][1] === now[now.length - 1 - end][1]) end += 1;
  const middle = known.slice(start, known.length - end);
  return now.map(([, text], index) => {
    if (index < start) return [known[index][0], text];
    const fromEnd = now.length - index;
    if (fromEnd <= end) return [known[known.length - fromEnd][0], text];
    return [middle[index - start]?.[0] ?? makeName(), text];
  });
}

/** Replace only the characters that differ, from the end on, so that the selection stays where nothing changed. */
function replace(field, was, wanted) {
  const at = new Map(wanted.map(([id], index) => [id, index]));
  const anchors = [[-1, -1]];
  was.forEach(([id, text], index) => {
    const there = at.get(id) ?? -1;
    if (there > anchors[anchors.length - 1][1] && wanted[there][1] === text) anchors.push([index, there]);
  });
  anchors.push([was.length, wanted.length]);
  for (let number = anchors.length - 1; number > 0; number -= 1) {
    const [[one, other], [oneEnd, otherEnd]] = [anchors[number - 1], anchors[number]];
    const [before, after] = [was.slice(one + 1, oneEnd), wanted.slice(other + 1, otherEnd)].map((blocks) => blocks.map(([, text]) => text).join(""));
    const from = lengthOf(was.slice(0, one + 1)), most = Math.min(before.length, after.length);
    let start = 0, end = 0;
    while (start < most && before[start] === after[start]) start += 1;
    while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
    if (before !== after) field.setRangeText(after.slice(start, after.length - end), from + start, from + before.length - end, "preserve");
  }
}

function lengthOf(blocks) {
  return blocks.reduce((sum, [, text]) => sum + text.length, 0);
}
