// Two texts compared word by word, to be looked at.
import { element } from "./elements.js";

const WORDS = /\s+|[\p{L}\p{M}\p{N}'’_-]+|[^\s\p{L}\p{M}\p{N}'’_-]/gu;
const MOST = 4e6;

/** The words of a block as people read them. */
export function plainText(html) {
  if (!/[<&]/.test(html)) return html.trim();
  const body = new DOMParser().parseFromString(html, "text/html").body;
  for (const image of body.querySelectorAll("img")) image.replaceWith(`[${image.alt || "image"}]`);
  for (const line of body.querySelectorAll("br")) line.replaceWith("\n");
  for (const part of body.querySelectorAll("li, tr, p, td, th, figcaption")) part.append(" ");
  return body.textContent.trim();
}

/** [[kind, text], …] with kind "same", "del" or "ins". */
export function compareWords(before, after) {
  const [one, other] = [before.match(WORDS) || [], after.match(WORDS) || []];
  let start = 0, end = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
  while (end < Math.min(one.length, other.length) - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  const middle = differ(one.slice(start, one.length - end), other.slice(start, other.length - end));
  const parts = [["same", one.slice(0, start).join("")], ...middle, ["same", one.slice(one.length - end).join("")]];
  return joined(parts);
}

/** The comparison as an element: <del> and <ins> among what stayed. */
export function showWords(before, after) {
  const parts = compareWords(before, after);
  return element("p", { className: "saving-words", dir: "auto" }, ...parts.map(([kind, text]) => (kind === "same" ? text : marked(kind, text))));
}

/** Marked by words too, for those who hear it. */
function marked(kind, text) {
  const hidden = element("span", { className: "visually-hidden" }, kind === "del" ? " removed: " : " added: ");
  return element(kind, {}, hidden, text);
}

/** The longest common part by the usual table; two long texts that share nothing are shown one after the other. */
function differ(one, other) {
  if (one.length * other.length > MOST) return [["del", one.join("")], ["ins", other.join("")]];
  const width = other.length + 1;
  const table = new Uint32Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      const here = i * width + j;
      table[here] = one[i] === other[j] ? table[here + width + 1] + 1 : Math.max(table[here + width], table[here + 1]);
    }
  }
  const parts = [];
  let i = 0, j = 0;
  while (i < one.length || j < other.length) {
    if (i < one.length && j < other.length && one[i] === other[j]) { parts.push(["same", one[i]]); i += 1; j += 1; }
    else if (j === other.length || (i < one.length && table[(i + 1) * width + j] >= table[i * width + j + 1])) { parts.push(["del", one[i]]); i += 1; }
    else { parts.push(["ins", other[j]]); j += 1; }
  }
  return parts;
}

function joined(parts) {
  const result = [];
  for (const [kind, text] of parts) {
    if (!text) continue;
    const last = result[result.length - 1];
    if (last?.[0] === kind) last[1] += text;
    else result.push([kind, text]);
  }
  return result;
}
