// What tests/browser/test_editor_document.py asks of the document, in a page without a server.
import { openDocument } from "../../static/js/editor/document/index.js";

window.openBody = (html, ids = []) => {
  const mount = document.createElement("div");
  document.body.replaceChildren(mount);
  window.doc?.editor.destroy();
  window.doc = openDocument({ mount, html, ids });
  return window.doc;
};

/** Open a body, then type `typed` into the text number `which`: all there is to know about what came out. */
window.openAndType = (html, which, typed) => {
  const { editor, blocks, html: text } = window.openBody(html);
  const untouched = text();
  const before = blocks();
  const places = [];
  let raw = 0;
  editor.state.doc.forEach((node) => (raw += node.type.name === "rawBlock"));
  editor.state.doc.descendants((node, pos) => {
    if (node.isTextblock && node.textContent.trim()) {
      const at = node.content.size >> 1;
      // Not between the two halves of a character.
      places.push(pos + 1 + (/[\uD800-\uDBFF]$/.test(node.textBetween(Math.max(0, at - 1), at)) ? at - 1 : at));
    }
  });
  if (places.length) {
    editor.view.dispatch(editor.state.tr.insertText(typed, places[which % places.length]));
  }
  return { untouched, before, after: blocks(), raw, isTyped: places.length > 0 };
};
