// Backspace just after an input rule takes back what the rule made. Tiptap's own does so only if nothing else changed
// the document since; here the ids of blocks do, with a transaction appended to the rule's.
import { Plugin, PluginKey } from "@tiptap/pm/state";

const key = new PluginKey("takingBack");

/** The plugin that remembers the last rule until the caret moves. */
export function rememberRules() {
  return new Plugin({
    key,
    state: {
      init: () => null,
      apply(tr, rule, before) {
        const made = before.plugins.map((plugin) => plugin.spec.isInputRules && tr.getMeta(plugin)).find((meta) => meta?.transform);
        if (made) {
          return { ...made, changes: [tr] };
        }
        if (rule && tr.getMeta("appendedTransaction")) {
          return { ...rule, changes: [...rule.changes, tr] };
        }
        return tr.docChanged || tr.selectionSet ? null : rule;
      },
    },
  });
}

/** Take back the last rule, if there is one: what was typed is there instead. */
export function takeBack({ state, view }) {
  const rule = key.getState(state);
  if (!rule) {
    return false;
  }
  const { tr } = state;
  for (const change of [...rule.changes].reverse()) {
    for (let at = change.steps.length - 1; at >= 0; at -= 1) {
      tr.step(change.steps[at].invert(change.docs[at]));
    }
  }
  if (rule.text) {
    tr.replaceWith(rule.from, rule.to, state.schema.text(rule.text, tr.doc.resolve(rule.from).marks()));
  }
  view.dispatch(tr.scrollIntoView());
  return true;
}
