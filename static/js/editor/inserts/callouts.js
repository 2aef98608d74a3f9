// Callouts: a remark set apart, of one of five kinds.
import { liftTarget } from "@tiptap/pm/transform";

import { around } from "./panel.js";
import { button, choice, labelled, make } from "./widgets.js";

const KINDS = [["note", "Note"], ["tip", "Tip"], ["important", "Important"], ["warning", "Warning"], ["caution", "Caution"]];

/** Put the paragraphs of the selection into a callout. */
export function insertCallout(editor) {
  editor.chain().focus().wrapIn("callout", { kind: "note" }).run();
}

export const calloutPanel = {
  name: "callout",
  label: "Callout",
  find: (state) => around(state, "callout"),
  build(editor, current) {
    const kind = choice(KINDS, "note", { "data-field": "kind" });
    kind.addEventListener("change", () => {
      const found = current();
      if (found) {
        editor.view.dispatch(editor.state.tr.setNodeAttribute(found.pos, "kind", kind.value));
      }
    });
    const lift = button("No callout", () => {
      const found = current();
      if (found) {
        const { tr, doc } = editor.state;
        const range = doc.resolve(found.pos + 1).blockRange(doc.resolve(found.pos + found.node.nodeSize - 1));
        const target = range && liftTarget(range);
        if (target !== null && target !== undefined) {
          editor.view.dispatch(tr.lift(range, target));
        }
      }
      editor.view.focus();
    });
    return [labelled("Kind", kind), make("div", { class: "insert-panel-actions" }, lift)];
  },
  refresh({ node }, box) {
    box.querySelector('[data-field="kind"]').value = node.attrs.kind;
  },
};
