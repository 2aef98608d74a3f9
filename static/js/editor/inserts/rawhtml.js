// Blocks of HTML of their own: their source in a dialog, and beside it what of it are words. Nothing in it ever runs here.
import { NodeSelection } from "@tiptap/pm/state";

import { split } from "../document/blocks.js";
import { putBlocks } from "./places.js";
import { button, dialog, labelled, make } from "./widgets.js";

/** Ask for HTML and put it in as blocks of their own. */
export async function insertRaw(editor) {
  const typed = await askForSource("", "Insert HTML");
  if (typed?.trim()) {
    const { tr, schema } = editor.state;
    const { at } = putBlocks(tr, blocksOf(schema, typed));
    editor.view.dispatch(tr.setSelection(NodeSelection.create(tr.doc, at)).scrollIntoView());
  }
  editor.view.focus();
}

/** Edit the source of a raw block or of one in a line; cancelling changes nothing. */
async function editRaw(editor, current) {
  const found = current();
  if (!found) {
    return;
  }
  const typed = await askForSource(found.node.attrs.html, "HTML");
  const now = current();
  if (typed !== undefined && now && typed !== now.node.attrs.html) {
    const { tr, schema } = editor.state;
    const end = now.pos + now.node.nodeSize;
    if (!typed.trim()) {
      tr.delete(now.pos, end);
    } else if (now.node.isInline || split(typed).length < 2) {
      tr.setNodeAttribute(now.pos, "html", typed);
    } else {
      tr.replaceWith(now.pos, end, blocksOf(schema, typed));
    }
    editor.view.dispatch(tr.scrollIntoView());
  }
  editor.view.focus();
}

const blocksOf = (schema, typed) => split(typed).map((html) => schema.nodes.rawBlock.create({ html: html.trim() }));

function askForSource(source, heading) {
  return dialog(
    heading,
    (close) => {
      const area = make("textarea", { class: "control insert-source", rows: "12", spellcheck: "false", autocapitalize: "none", autofocus: "" });
      area.value = source;
      const words = make("p", { class: "insert-source-words", dir: "auto" });
      const show = () => {
        words.textContent = wordsOf(area.value) || "No words: pictures or other things only.";
      };
      area.addEventListener("input", show);
      show();
      const done = button("Keep", () => close(area.value), { class: "button is-primary" });
      const preview = make("section", { class: "insert-source-preview", "aria-label": "Words in it" }, [make("h3", {}, "Words in it"), words]);
      return [
        labelled("Source", area, "Kept as you write it, but for scripts, frames and styles: those are taken out when it is saved, and named."),
        preview,
        make("div", { class: "insert-dialog-foot" }, [done, button("Cancel", () => close(), { class: "button" })]),
      ];
    },
    { wide: true },
  );
}

/** The text of some HTML, read without running or fetching anything. */
function wordsOf(html) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  body.querySelectorAll("script, style, template, noscript").forEach((element) => element.remove());
  return body.textContent.replace(/\s+/g, " ").trim().slice(0, 2000);
}

export const rawPanel = {
  name: "raw",
  label: "HTML",
  onEnter: true,
  find: ({ selection: { node, from } }) =>
    node && /^raw(Block|Inline)$/.test(node.type.name) ? { pos: from, node, isWhole: true } : null,
  build(editor, current) {
    const edit = button("Edit the source…", () => editRaw(editor, current), { "data-first": "" });
    const remove = button("Remove", () => {
      const found = current();
      if (found) {
        editor.view.dispatch(editor.state.tr.delete(found.pos, found.pos + found.node.nodeSize).scrollIntoView());
      }
      editor.view.focus();
    });
    return [make("div", { class: "insert-panel-actions" }, [edit, remove])];
  },
};
