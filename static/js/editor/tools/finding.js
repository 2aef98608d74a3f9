// Finding in the document: what matches is marked, and known by its place.
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

const key = new PluginKey("finding");
const NOTHING = { asked: null, found: [], at: -1, shown: DecorationSet.empty };
const MOST = 5000;
const WORD = /[\p{L}\p{M}\p{N}_]/u;

/** The plugin that marks what is found. */
export function findPlugin() {
  return new Plugin({
    key,
    state: {
      init: () => NOTHING,
      apply(tr, state) {
        const meta = tr.getMeta(key);
        if (meta === undefined && (!tr.docChanged || !state.asked)) {
          return state;
        }
        const asked = meta ? (meta.asked ?? state.asked) : state.asked;
        if (meta === null || !asked?.text) {
          return NOTHING;
        }
        const isNew = tr.docChanged || asked !== state.asked;
        const found = isNew ? findAll(tr.doc, asked) : state.found;
        const at = placeOf(found, meta, state, tr);
        return { asked, found, at, shown: decorate(tr.doc, found, at) };
      },
    },
    props: { decorations: (state) => key.getState(state).shown },
  });
}

/** What is being looked for, and where it was found: {asked, found: [{from, to}], at}. */
export function foundIn(state) {
  return key.getState(state);
}

/** Look for something: {text, isExact (upper and lower case), isWhole (words)}; null ends it. Begins at the caret. */
export function find(editor, asked) {
  dispatch(editor, asked && { asked, from: editor.state.selection.from });
}

/** Go to the next (1) or previous (-1) place found, and show it. */
export function goTo(editor, step) {
  const { found, at } = foundIn(editor.state);
  if (found.length) {
    dispatch(editor, { at: (at + step + found.length) % found.length });
    reveal(editor);
  }
}

/** Replace the place gone to, and go to the next. */
export function replaceOne(editor, text) {
  const { found, at } = foundIn(editor.state);
  const here = found[at];
  if (here) {
    const { tr } = editor.state;
    put(tr, here, text);
    editor.view.dispatch(tr.setMeta(key, { from: here.from + text.length }));
    reveal(editor);
  }
}

/** Replace all places at once: one step for undo. Returns how many. */
export function replaceAll(editor, text) {
  const { found } = foundIn(editor.state);
  const { tr } = editor.state;
  for (const here of [...found].reverse()) {
    put(tr, here, text);
  }
  if (found.length) {
    editor.view.dispatch(tr);
  }
  return found.length;
}

/** Select the place gone to. */
export function selectFound(editor) {
  const { found, at } = foundIn(editor.state);
  if (found[at]) {
    editor.commands.setTextSelection(found[at]);
  }
}

function put(tr, { from, to }, text) {
  if (text) {
    tr.insertText(text, from, to);
  } else {
    tr.delete(from, to);
  }
}

function dispatch(editor, meta) {
  editor.view.dispatch(editor.state.tr.setMeta(key, meta).setMeta("addToHistory", false));
}

function reveal(editor) {
  editor.view.dom.querySelector(".editor-found.is-here")?.scrollIntoView({ block: "center", inline: "nearest" });
}

/** Which of the places found is the one gone to: as asked, or the first behind the one there was, or the first. */
function placeOf(found, meta, state, tr) {
  if (!found.length) {
    return -1;
  }
  if (meta?.at !== undefined) {
    return Math.min(meta.at, found.length - 1);
  }
  const from = meta?.from ?? tr.mapping.map(state.found[state.at]?.from ?? 0);
  return Math.max(0, found.findIndex((place) => place.from >= from));
}

function decorate(doc, found, at) {
  const marks = found.map(({ from, to }, number) =>
    Decoration.inline(from, to, { class: number === at ? "editor-found is-here" : "editor-found" }),
  );
  return DecorationSet.create(doc, marks);
}

function findAll(doc, asked) {
  const found = [];
  const wanted = asked.isExact ? asked.text : lower(asked.text);
  doc.descendants((node, pos) => {
    if (!node.isTextblock || found.length >= MOST) {
      return found.length < MOST;
    }
    const { text, places } = readBlock(node);
    const own = asked.isExact ? text : lower(text);
    for (let at = own.indexOf(wanted); at >= 0 && found.length < MOST; at = own.indexOf(wanted, at)) {
      const end = at + wanted.length;
      if (!asked.isWhole || isWhole(own, at, end)) {
        found.push({ from: pos + 1 + places(at), to: pos + 1 + places(end - 1) + 1 });
        at = end;
      } else {
        at += 1;
      }
    }
    return false;
  });
  return found;
}

/** Lower case, a letter for a letter: some have two in lower case, and every place behind them would be wrong. */
function lower(text) {
  const made = text.toLowerCase();
  return made.length === text.length ? made : Array.from(text, (letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter)).join("");
}

function isWhole(text, at, end) {
  return !WORD.test(text[at - 1] ?? " ") && !WORD.test(text[end] ?? " ");
}

/** The text of a block, and where in the block a letter of it stands. What is no text ends a word and is not found. */
function readBlock(block) {
  let text = "";
  const starts = [];
  block.descendants((node, pos) => {
    if (node.isText) {
      starts.push([text.length, pos]);
      text += node.text;
    } else if (node.isLeaf) {
      text += "￼";
    }
    return true;
  });
  const places = (at) => {
    let low = 0;
    for (let step = starts.length - 1; step >= 0; step -= 1) {
      if (starts[step][0] <= at) {
        low = step;
        break;
      }
    }
    return starts[low][1] + at - starts[low][0];
  };
  return { text, places };
}
