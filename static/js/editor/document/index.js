// The document: HTML in, an editor, HTML out. What nobody changed comes out byte for byte as it came in.
import { Editor } from "@tiptap/core";

import { applyTo, focusBlock, merged, withoutScrolling } from "./apply.js";
import { newId, split } from "./blocks.js";
import { attributesOf, replaceField } from "./field.js";
import { blockIds } from "./ids.js";
import { keepOrderOfMarks, schema } from "./schema.js";
import { Sources } from "./sources.js";

/**
 * Open a document.
 *
 * mount: the element it is shown in; field: the textarea that is sent with the form, kept in step; html: the body as
 * stored; ids: the ids of its blocks ([]: they are made here); extensions: further Tiptap extensions.
 *
 * The answer has
 * - editor: the Tiptap editor;
 * - blocks(): [[id, html], …], whose strings joined are html(); unchanged blocks are their source;
 * - onChange(fn): fn() after each change by the writer, by undo or by setHtml, not by applyBlocks;
 * - applyBlocks(blocks, sent): show these blocks, which came from the server. Only what differs is replaced; caret,
 *   focus, scroll position and the undo history of the rest stay. `sent`: blocks() as it was when it was sent: what was
 *   typed since then stays. Without it all that differs is replaced. Gives false, having done nothing, while a
 *   character is being composed (input methods): then try again;
 * - isComposing: whether one is;
 * - focusBlock(id): put the caret into a block and show it; false if there is none;
 * - setHtml(html): another text, as if the writer had pasted it (undo brings back the former one);
 * - fillField(): write html() into the field (done at each change).
 */
export function openDocument({ mount, field, html, ids = [], extensions = [] }) {
  const sources = new Sources();
  const listeners = new Set();
  const editor = new Editor({
    element: mount,
    injectCSS: false, // the Content-Security-Policy forbids style elements: static/css/admin/document.css has it
    enableCoreExtensions: { delete: false },
    extensions: [...schema(), blockIds(sources.isOriginal), ...extensions],
    onBeforeCreate: ({ editor: made }) => {
      keepOrderOfMarks(made.schema);
      made.options.content = sources.read(made.schema, html, ids);
    },
    editorProps: field ? { attributes: attributesOf(field) } : {},
    onUpdate: ({ transaction }) => {
      fillField();
      if (!transaction.getMeta("applyBlocks")) {
        listeners.forEach((listener) => listener());
      }
    },
  });
  if (field) {
    replaceField(field, editor.view.dom);
  }

  const blocks = () => sources.blocks(editor.state.doc);
  const text = () => textOf(blocks());

  function fillField() {
    if (field) {
      field.value = text();
    }
  }

  function change(result, prepare = (tr) => tr) {
    const make = (id, source) => sources.add(editor.schema, id, source);
    const tr = applyTo(editor.state.tr, result, make);
    if (tr.docChanged) {
      withoutScrolling(editor.view, () => editor.view.dispatch(prepare(tr)));
    }
  }

  function applyBlocks(wanted, sent) {
    if (editor.view.composing) {
      return false;
    }
    const mine = blocks();
    const result = merged(mine, wanted, sent);
    settle(editor.state.doc, mine, wanted);
    change(result, (tr) => tr.setMeta("applyBlocks", true).setMeta("addToHistory", false));
    return true;
  }

  /** Blocks that print what the server has are, from now on, what they print. */
  function settle(doc, mine, wanted) {
    const stored = new Map(wanted);
    const printed = new Map(mine);
    doc.forEach((node) => {
      const { blockId } = node.attrs;
      if (stored.has(blockId) && stored.get(blockId) === printed.get(blockId)) {
        sources.settle(blockId, node, stored.get(blockId));
      }
    });
  }

  return {
    editor,
    blocks,
    get isComposing() { return editor.view.composing; },
    html: text,
    onChange: (listener) => listeners.add(listener),
    applyBlocks,
    focusBlock: (id) => focusBlock(editor.view, id),
    setHtml: (other) => change(merged(blocks(), withIds(split(other), blocks()))),
    fillField,
  };
}

function textOf(blocks) {
  return blocks.map(([, html]) => html).join("");
}

/** Blocks with the ids of those that are the same already. */
function withIds(sources, blocks) {
  const free = new Map();
  blocks.forEach(([id, html]) => free.set(html, [...(free.get(html) ?? []), id]));
  return sources.map((html) => [free.get(html)?.shift() ?? newId(), html]);
}
