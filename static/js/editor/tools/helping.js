// All shortcuts and all that is read as Markdown, in a dialog: Ctrl+/.
import { el, keysOf, pressable } from "./dom.js";
import { showDialog } from "./headings.js";
import { BLOCKS, KINDS, knows, MARKS, RARER_MARKS } from "./kinds.js";

const EVERYTHING_ELSE = [
  ["Link", "Mod-k"], ["Find", "Mod-f"], ["Find and replace", "Mod-Alt-f"], ["Full screen", "Mod-Shift-f"], ["Undo", "Mod-z"],
  ["Redo", "Mod-Shift-z"], ["Clear formatting", "Mod-\\"], ["To the toolbar", "Alt-F10"], ["New line in a paragraph", "Shift-Enter"],
];
const TYPED = [
  ["/", "the menu of all that can be inserted"], ["## ", "heading; ### and #### for lower ones"], ["- ", "bulleted list"],
  ["1. ", "numbered list"], ["> ", "quote"], ["```", "code block; with a language: ```python"], ["---", "divider"],
  ["**words**", "bold"], ["*words*", "italic"], ["`words`", "code"], ["~~words~~", "strikethrough"], ["[words](address)", "link"],
];

/** Open the dialog. */
export function openHelp(doc) {
  const named = [...MARKS, ...RARER_MARKS].filter(({ name }) => knows(doc.editor, name));
  const keys = [...named, ...KINDS, ...BLOCKS].filter(({ shortcut }) => shortcut).map(({ label, shortcut }) => [label, shortcut]);
  const dialog = el("dialog", { class: "editor-dialog editor-help-dialog", "aria-labelledby": "editor-help-title" });
  dialog.append(
    el("h2", { id: "editor-help-title" }, "Writing without the mouse"),
    el("h3", {}, "Keys"),
    el("dl", { class: "editor-help" }, [...EVERYTHING_ELSE, ...keys].map(([label, shortcut]) => row(el("kbd", {}, keysOf(shortcut)), label))),
    el("h3", {}, "Typed at the beginning of a line, or around words"),
    el("dl", { class: "editor-help" }, TYPED.map(([typed, label]) => row(el("code", {}, typed.trim()), label))),
    el("p", { class: "hint" }, "Did it do what you did not mean? Backspace takes it back at once."),
    el("div", { class: "row" }, pressable({ class: "button is-small", onclick: () => dialog.close() }, "Close")),
  );
  showDialog(dialog, doc);
}

function row(term, label) {
  return el("div", {}, el("dt", {}, term), el("dd", {}, label));
}
