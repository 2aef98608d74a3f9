// Tables: rows and columns, a header row, a caption. Tab moves from cell to cell (prosemirror-tables).
import { closeHistory } from "@tiptap/pm/history";

import { around } from "./panel.js";
import { caretNear, putBlocks } from "./places.js";
import { button, labelled, line, make } from "./widgets.js";

/** A new table of three by three, its first row a header, with the caret in its first cell. */
export function insertTable(editor) {
  const { nodes } = editor.schema;
  const row = (section, cell) =>
    nodes.tableRow.create({ section }, Array.from({ length: 3 }, () => nodes[cell].createAndFill()));
  const table = nodes.table.create(null, [row("head", "tableHeader"), row("body", "tableCell"), row("body", "tableCell")]);
  const { tr } = editor.state;
  const { at } = putBlocks(tr, [table]);
  editor.view.dispatch(caretNear(tr, at + 3));
  editor.view.focus();
}

const ACTIONS = [
  ["Row above", "addRowBefore"], ["Row below", "addRowAfter"], ["Delete row", "deleteRow"],
  ["Column before", "addColumnBefore"], ["Column after", "addColumnAfter"], ["Delete column", "deleteColumn"],
  ["Header row", "toggleHeaderRow"], ["Delete table", "deleteTable"],
];

export const tablePanel = {
  name: "table",
  label: "Table",
  find: (state) => around(state, "table") ?? cellsOf(state),
  build(editor, current) {
    const caption = line("", { "data-field": "caption" });
    caption.addEventListener("input", () => {
      const found = current();
      if (found) {
        const { tr } = editor.state;
        editor.view.dispatch(tr.setNodeAttribute(found.pos, "caption", captionHtml(caption.value)));
      }
    });
    const actions = ACTIONS.map(([label, name]) =>
      button(label, () => act(editor, name, current), { "data-action": name, ...(name === "addRowBefore" ? { "data-first": "" } : {}) }),
    );
    return [make("div", { class: "insert-panel-actions" }, actions), labelled("Caption", caption)];
  },
  refresh({ node }, box, editor) {
    const words = captionWords(node.attrs.caption);
    const control = box.querySelector('[data-field="caption"]');
    if (control.value !== words.text) {
      control.value = words.text;
    }
    control.readOnly = !words.isPlain;
    const header = box.querySelector('[data-action="toggleHeaderRow"]');
    header.setAttribute("aria-pressed", String(hasHeaderRow(node)));
    box.querySelector('[data-action="deleteRow"]').disabled = !editor.can().deleteRow() || node.childCount < 2;
  },
};

function act(editor, name, current) {
  editor
    .chain()
    [name]()
    .command(({ tr }) => {
      closeHistory(tr); // each of these is undone by itself
      const found = around({ selection: tr.selection }, "table");
      if (found) {
        sortSections(tr, found.pos);
      }
      return true;
    })
    .run();
  if (!current()) {
    editor.view.focus();
  }
}

/** A selection of whole cells is in a table too. */
function cellsOf({ selection }) {
  const $cell = selection.$anchorCell;
  if (!$cell) {
    return null;
  }
  for (let depth = $cell.depth; depth > 0; depth -= 1) {
    if ($cell.node(depth).type.name === "table") {
      return { pos: $cell.before(depth), node: $cell.node(depth), isWhole: false };
    }
  }
  return null;
}

const isHeader = (row) => {
  let all = row.childCount > 0;
  row.forEach((cell) => {
    all &&= cell.type.name === "tableHeader";
  });
  return all;
};

const hasHeaderRow = (table) => table.childCount > 0 && isHeader(table.firstChild);

/** The first row is the head if it is made of header cells; what follows it is the body. */
function sortSections(tr, pos) {
  const table = tr.doc.nodeAt(pos);
  let place = pos + 1;
  let above = null;
  table.forEach((row, _, index) => {
    const real = row.attrs.section ?? above;
    let wanted = row.attrs.section;
    if (index === 0) {
      wanted = isHeader(row) ? "head" : real === "head" ? "body" : wanted;
    } else if (real === "head" && !isHeader(row)) {
      wanted = "body";
    } else if (above === "head" && row.attrs.section === null) {
      wanted = "body";
    }
    if (wanted !== row.attrs.section) {
      tr.setNodeAttribute(place, "section", wanted);
    }
    above = wanted ?? above;
    place += row.nodeSize;
  });
}

function captionHtml(text) {
  const caption = document.createElement("caption");
  caption.textContent = text.trim();
  return text.trim() ? caption.outerHTML : "";
}

function captionWords(html) {
  const box = new DOMParser().parseFromString(`<table>${html ?? ""}</table>`, "text/html");
  const caption = box.querySelector("caption");
  return { text: caption?.textContent ?? "", isPlain: !caption?.children.length && !caption?.attributes.length };
}

