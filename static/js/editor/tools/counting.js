// Words, characters and reading time under the text, as the server counts them (app/articles/rendering.py).
import { el, later } from "./dom.js";

const PAUSE = 250;
const WORDS_A_MINUTE = 230;
const IDEOGRAPHS = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[\ud840-\ud87f][\udc00-\udfff]/g;
const UNSPACED = /[\u0e01-\u0eff\u1000-\u109f\u1780-\u17ff]/g;
const WORD = /[\p{L}\p{N}_]+(?:['’‑-][\p{L}\p{N}_]+)*/gu;
const known = new WeakMap();

/** Words a reader has to read, in any script. */
export function countWords(text) {
  const ideographs = text.match(IDEOGRAPHS)?.length ?? 0;
  const unspaced = text.match(UNSPACED)?.length ?? 0;
  const rest = text.replace(IDEOGRAPHS, " ").replace(UNSPACED, " ");
  return (rest.match(WORD)?.length ?? 0) + Math.floor((ideographs + 1) / 2) + Math.floor((unspaced + 4) / 5);
}

/** Words and characters of a document; blocks that did not change are not counted again. */
function countDocument(doc) {
  let words = 0;
  let characters = 0;
  doc.forEach((block) => {
    if (!known.has(block)) {
      const text = block.textBetween(0, block.content.size, "\n", " ");
      known.set(block, { words: countWords(text), characters: Array.from(text.replace(/\n/g, "")).length });
    }
    const counted = known.get(block);
    words += counted.words;
    characters += counted.characters;
  });
  return { words, characters };
}

/** Show the numbers from now on. Returns their element. */
export function makeCount(doc) {
  const { editor } = doc;
  const element = el("p", { class: "editor-count number" });

  function refresh() {
    const { from, to, empty } = editor.state.selection;
    const all = countDocument(editor.state.doc);
    const minutes = Math.max(1, Math.round(all.words / WORDS_A_MINUTE));
    const parts = [of(all.words, "word"), of(all.characters, "character"), `${minutes} min to read`];
    if (!empty) {
      parts.unshift(`${of(countWords(editor.state.doc.textBetween(from, to, "\n", " ")), "word")} selected`);
    }
    const told = parts.join(" · ");
    if (element.textContent !== told) {
      element.textContent = told;
    }
  }
  const soon = later(refresh, PAUSE);
  editor.on("update", soon);
  editor.on("selectionUpdate", soon);
  refresh();
  return element;
}

function of(number, what) {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}
