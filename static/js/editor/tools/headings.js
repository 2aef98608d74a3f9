// The outline: the headings of the text with their levels, and a word where a level is passed over.
import { el, later, pressable } from "./dom.js";
import { icon } from "./icons.js";
import { layer } from "./popups.js";

const PAUSE = 300;

/** Headings in order: {words, level, pos, warning}. The title is level 1. */
export function readHeadings(doc) {
  const found = [];
  doc.descendants((node, pos) => {
    if (node.type.name === "heading") {
      const above = found.length ? found[found.length - 1].level : 1;
      const level = node.attrs.level;
      const words = node.textContent.trim();
      const jump = level > above + 1 ? `Skips a level: a heading ${above + 1} is missing above it` : "";
      found.push({ words, level, pos, warning: words ? jump : "Empty heading" });
    }
    return !node.isTextblock;
  });
  return found;
}

/** The list of headings, kept in step with the text. `onGo` runs before the caret goes to one. */
function makeList(doc, onGo = () => {}) {
  const { editor } = doc;
  const list = el("ol", { class: "editor-outline" });
  let shown = "";

  function refresh() {
    const headings = readHeadings(editor.state.doc);
    const now = JSON.stringify(headings.map(({ words, level, warning }) => [words, level, warning]));
    if (now !== shown) {
      shown = now;
      list.replaceChildren(...(headings.length ? headings.map(item) : [none()]));
    }
  }

  function item({ words, level, warning }, number) {
    const button = pressable({ class: "editor-outline-heading", onclick: () => go(number) }, words || "Empty heading");
    const said = warning ? el("span", { class: "editor-outline-warning" }, icon("warning"), words ? warning : "Empty heading") : null;
    return el("li", { class: `is-level-${level}` }, button, said);
  }

  function go(number) {
    const heading = readHeadings(editor.state.doc)[number];
    if (heading) {
      onGo();
      const end = heading.pos + 1 + editor.state.doc.nodeAt(heading.pos).content.size;
      editor.chain().setTextSelection(end).focus(null, { scrollIntoView: false }).run();
      editor.view.nodeDOM(heading.pos)?.scrollIntoView({ block: "start" });
    }
  }

  refresh();
  return { list, refresh };
}

function none() {
  return el("li", { class: "hint" }, "No headings yet. They let readers find their way through a long text.");
}

/** A fold beside the text with the outline. */
export function installOutline(doc, form) {
  const { list, refresh } = makeList(doc);
  const fold = el("details", { class: "panel fold editor-outline-panel", open: true }, el("summary", {}, "Outline"), list);
  const before = form.querySelector('[aria-labelledby="about-heading"]');
  if (before) {
    before.after(fold);
  }
  doc.editor.on("update", later(refresh, PAUSE));
}

/** The outline in a dialog, where the one beside the text is out of sight. */
export function openOutline(doc) {
  const dialog = el("dialog", { class: "editor-dialog editor-outline-dialog", "aria-labelledby": "editor-outline-title" });
  const { list } = makeList(doc, () => dialog.close());
  dialog.append(
    el("h2", { id: "editor-outline-title" }, "Outline"),
    list,
    el("div", { class: "row" }, pressable({ class: "button is-small", onclick: () => dialog.close() }, "Close")),
  );
  showDialog(dialog, doc);
}

/** Open a dialog in the middle; it leaves the page when it closes, and the caret is where it was. */
export function showDialog(dialog, doc) {
  dialog.addEventListener("close", () => {
    dialog.remove();
    doc.editor.commands.focus(null, { scrollIntoView: false });
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  layer.append(dialog);
  dialog.showModal();
}
