// The document: HTML in, an editor, HTML out. What nobody changed comes out byte for byte as it came in.
import { Editor } from "@tiptap/core";
import { DOMSerializer } from "@tiptap/pm/model";

import { newId, parted, split } from "./blocks.js";
import { attributesOf, replaceField } from "./field.js";
import { schema } from "./schema.js";

/**
 * Open a document.
 *
 * mount: the element it is shown in; field: the textarea that is sent with the form, kept in step; html: the body as
 * stored; ids: the ids of its blocks ([]: they are made here); extensions: further Tiptap extensions.
 *
 * The answer has
 * - editor: the Tiptap editor;
 * - blocks(): [[id, html], …], whose strings joined are html();
 * - onChange(fn): fn() after each change by the writer or by undo, not by applyBlocks;
 * - applyBlocks(blocks, sent): show these blocks, which came from the server. Only what differs is replaced; caret,
 *   scroll position and the undo history of the rest stay. With `sent`, the blocks as they were when they were sent,
 *   what was typed since then stays;
 * - focusBlock(id): put the caret into a block and show it;
 * - fillField(): write html() into the field (also done at each change);
 * - close(): the field takes over.
 */
export function openDocument({ mount, field, html, ids = [], extensions = [] }) {
  const listeners = new Set();
  const serializer = () => DOMSerializer.fromSchema(editor.schema);
  const editor = new Editor({
    element: mount,
    injectCSS: false, // the Content-Security-Policy forbids style elements: static/css/admin/document.css has it
    extensions: [...schema(), ...extensions],
    content: html,
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
  const sources = split(html);
  let kept = sources.map((_, at) => ids[at] ?? newId());

  function blocks() {
    const printed = [];
    editor.state.doc.forEach((node) => {
      const box = document.createElement("div");
      box.append(serializer().serializeNode(node));
      printed.push(`${box.innerHTML}\n`);
    });
    kept = printed.map((_, at) => kept[at] ?? newId());
    return printed.map((text, at) => [kept[at], text]);
  }

  function fillField() {
    if (field) {
      field.value = blocks()
        .map(([, text]) => text)
        .join("");
    }
  }

  return {
    editor,
    blocks,
    html: () =>
      blocks()
        .map(([, text]) => text)
        .join(""),
    onChange: (fn) => listeners.add(fn),
    applyBlocks: (wanted) => {
      kept = wanted.map(([id]) => id);
      const text = wanted.map(([, block]) => parted(block)[0]).join("");
      editor.chain().setMeta("applyBlocks", true).setMeta("addToHistory", false).setContent(text).run();
    },
    focusBlock: () => editor.commands.focus(),
    fillField,
    close: () => editor.destroy(),
  };
}
