// Footnotes: references in the text, notes at its end, in step. A reference that goes takes its note along, and one that
// comes back brings it back; the numbers are those of the first mentions.
import { Extension } from "@tiptap/core";
import { NodeSelection, Plugin, PluginKey, TextSelection } from "@tiptap/pm/state";

import { button, labelled, line, make } from "./widgets.js";

const key = new PluginKey("footnotes");
const cached = new WeakMap();

/** The addresses of all references, in the order of the text. */
function targetsOf(doc) {
  const found = [];
  doc.forEach((block) => {
    if (!cached.has(block)) {
      const own = [];
      block.descendants((node) => {
        if (node.type.name === "footnoteReference") {
          own.push(node.attrs.href);
        }
      });
      cached.set(block, own);
    }
    found.push(...cached.get(block));
  });
  return found;
}

const isSection = (node) =>
  node.type.name === "container" && (node.attrs.attributes?.class ?? "").split(/\s+/).includes("footnotes");

/** The section of notes, its list and the notes: {section, list, notes: [{pos, node, href}]}, or null. */
export function notesOf(doc) {
  let found = null;
  doc.forEach((section, sectionPos) => {
    if (found || !isSection(section)) {
      return;
    }
    section.forEach((list, offset) => {
      if (found || list.type.name !== "orderedList") {
        return;
      }
      const listPos = sectionPos + 1 + offset;
      const notes = [];
      list.forEach((node, at) => notes.push({ pos: listPos + 1 + at, node, href: node.attrs.anchor ? `#${node.attrs.anchor}` : null }));
      found = { section: { pos: sectionPos, node: section }, list: { pos: listPos, node: list }, notes };
    });
  });
  return found;
}

/** Put a reference at the caret, and an empty note for it at the end; the panel asks for its words. */
export function insertFootnote(editor) {
  const { state } = editor;
  const { $from } = state.selection;
  if (!$from.parent.isTextblock || $from.parent.type.spec.code || noteAround(state)) {
    return;
  }
  const href = freeTarget(state.doc);
  const reference = state.schema.nodes.footnoteReference.create({ href, label: "?" });
  const { tr } = state;
  tr.setSelection(TextSelection.create(tr.doc, state.selection.to)).insert(state.selection.to, reference);
  tr.setSelection(NodeSelection.create(tr.doc, state.selection.to));
  editor.view.dispatch(tr.scrollIntoView());
  editor.view.focus();
  setTimeout(() => editor.storage.insertPanel.view?.enter(), 0);
}

function freeTarget(doc) {
  const taken = new Set([...targetsOf(doc), ...(notesOf(doc)?.notes ?? []).map(({ href }) => href)]);
  let number = 1;
  while (taken.has(`#fn-${number}`) || taken.has(`#fn${number}`)) {
    number += 1;
  }
  return `#fn-${number}`;
}

export const footnotes = Extension.create({
  name: "footnotes",
  priority: 960,
  addProseMirrorPlugins() {
    return [new Plugin({ key, appendTransaction: keepInStep(new Map()) })];
  },
  addKeyboardShortcuts() {
    const { editor } = this;
    return {
      "Mod-Alt-n": () => (insertFootnote(editor), true),
      Enter: () => inNote(editor, () => editor.commands.splitBlock()),
      Backspace: () => inNote(editor, ($from) => $from.parentOffset === 0 && isEdge($from, 0) && (removeIfEmpty(editor) || true)),
      Delete: () => inNote(editor, ($from) => $from.parentOffset === $from.parent.content.size && isEdge($from, 1)),
      Escape: () => inNote(editor, () => backToText(editor)),
    };
  },
});

/** After each change by hand: notes for new references, none for gone ones, numbers in order. `kept`: notes of gone ones. */
function keepInStep(kept) {
  return (transactions, before, after) => {
    const isOurs = (transaction) => !transaction.getMeta("applyBlocks") && !transaction.getMeta("history$");
    if (!transactions.some((transaction) => transaction.docChanged) || !transactions.every(isOurs)) {
      return null;
    }
    const was = targetsOf(before.doc);
    const is = targetsOf(after.doc);
    if (was.length === is.length && was.every((href, at) => href === is[at])) {
      return null;
    }
    const { tr } = after;
    const present = new Set(is);
    const gone = new Set(was.filter((href) => !present.has(href)));
    for (const note of notesOf(before.doc)?.notes ?? []) {
      if (note.href && gone.has(note.href)) {
        kept.set(note.href, note.node);
      }
    }
    removeNotes(tr, gone);
    const former = new Set(was);
    addNotes(tr, [...present].filter((href) => !former.has(href)), kept);
    sortNotes(tr, [...present]);
    renumber(tr, [...present]);
    return tr.docChanged ? tr : null;
  };
}

function removeNotes(tr, gone) {
  const held = notesOf(tr.doc);
  const unwanted = held?.notes.filter(({ href }) => gone.has(href)) ?? [];
  if (!unwanted.length) {
    return;
  }
  if (unwanted.length === held.notes.length && held.section.node.childCount === 1) {
    const { pos, node } = held.section;
    const line = tr.doc.resolve(pos).nodeBefore;
    const isTheirs = line?.type.name === "horizontalRule" && line.attrs.attributes?.class === "footnotes-sep";
    tr.delete(pos - (isTheirs ? line.nodeSize : 0), pos + node.nodeSize);
    return;
  }
  for (const { pos, node } of unwanted.reverse()) {
    tr.delete(pos, pos + node.nodeSize);
  }
}

function addNotes(tr, targets, kept) {
  const { nodes } = tr.doc.type.schema;
  const known = new Set((notesOf(tr.doc)?.notes ?? []).map(({ href }) => href));
  const made = targets
    .filter((href) => !known.has(href) && /^#\S/.test(href) && !hasAnchor(tr.doc, href.slice(1)))
    .map((href) => kept.get(href) ?? nodes.listItem.create({ anchor: href.slice(1) }, nodes.paragraph.create()));
  if (!made.length) {
    return;
  }
  const held = notesOf(tr.doc);
  if (held) {
    tr.insert(held.list.pos + held.list.node.nodeSize - 1, made);
  } else {
    const list = nodes.orderedList.create(null, made);
    tr.insert(tr.doc.content.size, nodes.container.create({ tag: "section", attributes: { class: "footnotes" } }, list));
  }
}

/** Whether something else than a note has this id: then the mark leads there. */
function hasAnchor(doc, anchor) {
  let found = false;
  doc.descendants((node) => {
    found ||= node.attrs.anchor === anchor;
    return !found;
  });
  return found;
}

function sortNotes(tr, order) {
  const held = notesOf(tr.doc);
  if (!held) {
    return;
  }
  const place = new Map(order.map((href, at) => [href, at]));
  const rank = ({ href }) => place.get(href) ?? order.length;
  const sorted = [...held.notes].sort((one, other) => rank(one) - rank(other));
  if (sorted.some((note, at) => note !== held.notes[at])) {
    const start = held.list.pos + 1;
    tr.replaceWith(start, start + held.list.node.content.size, sorted.map(({ node }) => node));
  }
}

function renumber(tr, order) {
  const numbers = new Map(order.map((href, at) => [href, at + 1]));
  tr.doc.descendants((node, pos) => {
    if (node.type.name === "footnoteReference") {
      const number = numbers.get(node.attrs.href);
      const label = /^\[.*\]$/.test(node.attrs.label ?? "") ? `[${number}]` : String(number);
      if (label !== node.attrs.label && !(node.attrs.label ?? "").startsWith(`[${number}:`)) {
        tr.setNodeAttribute(pos, "label", label);
      }
    }
  });
}

/** The note that the caret is in: {pos, node, href}, or null. */
export function noteAround(state) {
  const { $from } = state.selection;
  for (let depth = $from.depth; depth > 2; depth -= 1) {
    if ($from.node(depth).type.name === "listItem" && isSection($from.node(depth - 2))) {
      const node = $from.node(depth);
      return { pos: $from.before(depth), node, href: node.attrs.anchor ? `#${node.attrs.anchor}` : null };
    }
  }
  return null;
}

function inNote(editor, run) {
  const { selection } = editor.state;
  const note = noteAround(editor.state);
  return note?.href && selection.empty && selection.$from.parent.isTextblock ? Boolean(run(selection.$from, note)) : false;
}

/** Whether the caret's paragraph is the first (0) or last (1) of its note. */
function isEdge($from, side) {
  const depth = $from.depth - 1;
  const item = $from.node(depth);
  return item.type.name === "listItem" && $from.index(depth) === (side ? item.childCount - 1 : 0);
}

function removeIfEmpty(editor) {
  const note = noteAround(editor.state);
  return note.node.textContent === "" && note.node.childCount === 1 && removeFootnote(editor, note.href);
}

/** Delete all references of a note, and with them the note; the caret goes to where the first was. */
function removeFootnote(editor, href) {
  const { tr, doc } = editor.state;
  const places = placesOf(doc, href);
  if (!places.length) {
    const note = notesOf(doc)?.notes.find((one) => one.href === href);
    if (!note) {
      return false;
    }
    removeNotes(tr, new Set([href]));
  }
  [...places].reverse().forEach((pos) => tr.delete(pos, pos + 1));
  if (places.length) {
    tr.setSelection(TextSelection.create(tr.doc, places[0]));
  }
  editor.view.dispatch(tr.scrollIntoView());
  editor.view.focus();
  return true;
}

function placesOf(doc, href) {
  const found = [];
  doc.descendants((node, pos) => {
    if (node.type.name === "footnoteReference" && node.attrs.href === href) {
      found.push(pos);
    }
  });
  return found;
}

function backToText(editor) {
  const note = noteAround(editor.state);
  const [place] = placesOf(editor.state.doc, note.href);
  if (place === undefined) {
    return false;
  }
  const { tr } = editor.state;
  editor.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, place + 1)).scrollIntoView());
  editor.view.focus();
  return true;
}

const ofReference = (state) => {
  const { node, from } = state.selection;
  return node?.type.name === "footnoteReference" ? { pos: from, node, isWhole: true } : null;
};

/** At a reference: the words of its note, to be written here if they are plain. */
export const referencePanel = {
  name: "footnote",
  label: "Footnote",
  onEnter: true,
  find: ofReference,
  build(editor, current) {
    const noteHere = () => {
      const found = current();
      return found && notesOf(editor.state.doc)?.notes.find(({ href }) => href === found.node.attrs.href);
    };
    const words = line("", { "data-field": "words", "data-first": "" });
    words.addEventListener("input", () => {
      const note = noteHere();
      if (note && isPlain(note.node)) {
        const start = note.pos + 2;
        const { tr, schema } = editor.state;
        const text = words.value ? schema.text(words.value) : [];
        tr.replaceWith(start, start + note.node.firstChild.content.size, text);
        editor.view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, current().pos)));
      }
    });
    words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        event.stopPropagation();
        const { tr } = editor.state;
        editor.view.dispatch(tr.setSelection(TextSelection.create(tr.doc, current().pos + 1)));
        editor.view.focus();
      }
    });
    const go = button("Go to the note", () => {
      const note = noteHere();
      if (note) {
        const { tr } = editor.state;
        const end = note.pos + note.node.nodeSize - 2;
        editor.view.dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(end), -1)).scrollIntoView());
      }
      editor.view.focus();
    });
    const remove = button("Remove", () => removeFootnote(editor, current()?.node.attrs.href));
    return [labelled("Footnote", words), make("div", { class: "insert-panel-actions" }, [go, remove])];
  },
  refresh({ node }, box, editor) {
    const note = notesOf(editor.state.doc)?.notes.find(({ href }) => href === node.attrs.href);
    const control = box.querySelector('[data-field="words"]');
    const words = note?.node.textContent.replace(/\s*↩\ufe0e?\s*$/, "") ?? "";
    control.readOnly = !note || !isPlain(note.node);
    if (control.value !== words) {
      control.value = words;
    }
    control.title = control.readOnly ? "It has links or several paragraphs: write it at the end of the text." : "";
  },
};

/** In a note: the way back. */
export const notePanel = {
  name: "note",
  label: "Footnote",
  find: (state) => {
    const found = noteAround(state);
    return found?.href ? { ...found, isWhole: false } : null;
  },
  build(editor, current) {
    const back = button("Back to the text", () => backToText(editor), { "data-first": "" });
    const remove = button("Remove", () => removeFootnote(editor, current()?.href));
    return [make("div", { class: "insert-panel-actions" }, [back, remove])];
  },
};

function isPlain(item) {
  const paragraph = item.firstChild;
  if (item.childCount !== 1 || paragraph.type.name !== "paragraph") {
    return false;
  }
  let plain = true;
  paragraph.forEach((node) => {
    plain &&= node.isText && node.marks.length === 0;
  });
  return plain;
}

