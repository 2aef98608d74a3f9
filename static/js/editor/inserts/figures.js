// Pictures with their words: alternative text, caption, credit, width.
import { Extension } from "@tiptap/core";
import { Fragment } from "@tiptap/pm/model";
import { NodeSelection, TextSelection } from "@tiptap/pm/state";

import { choosePicture } from "./library.js";
import { around } from "./panel.js";
import { beside, caretAfter } from "./places.js";
import { upload } from "./uploads.js";
import { button, choice, labelled, line, make } from "./widgets.js";

export const SIZES = [["", "As wide as the text"], ["small", "Half as wide"], ["wide", "Wider than the text"], ["full", "As wide as the page"]];

/** A figure of an item of the library, with the words that belong to the file. */
export function figureOf(schema, item) {
  const words = [];
  if (item.caption) {
    words.push(schema.text(item.caption));
  }
  words.push(...creditNodes(schema, item.credit, words.length > 0));
  const { url, alt, width, height } = item;
  const text = (value) => (value ? String(value) : null);
  return schema.nodes.figure.create({ src: url, alt: alt || null, width: text(width), height: text(height) }, words);
}

/** Put what the library answered at a position of a transaction. */
export function insertItem(transaction, position, item) {
  const { schema } = transaction.doc.type;
  const made = (() => {
    if (item.kind === "audio" || item.kind === "video") {
      const player = document.createElement(item.kind);
      player.setAttribute("src", item.url);
      const [start, end] = player.outerHTML.split("></");
      return schema.nodes.rawBlock.create({ html: `<figure>${start.replace(/^<(\w+)/, "<$1 controls")}></${end}</figure>` });
    }
    if (item.kind === "document") {
      const link = schema.marks.link.create({ href: item.url });
      return schema.nodes.paragraph.create(null, schema.text(item.name, [link]));
    }
    return figureOf(schema, item);
  })();
  return transaction.insert(position, made);
}

/** Ask for pictures and put them below the block of the caret. */
export async function insertPictures(editor) {
  const chosen = await choosePicture();
  const position = beside(editor.state.doc, editor.state.selection.from);
  if (chosen?.files) {
    upload(editor, chosen.files, position);
  } else if (chosen?.item) {
    const transaction = insertItem(editor.state.tr, position, chosen.item);
    const caret = position + 1 + transaction.doc.nodeAt(position).content.size;
    editor.view.dispatch(transaction.setSelection(TextSelection.create(transaction.doc, caret)).scrollIntoView());
  }
  editor.view.focus();
}

/** Keys in a caption: Enter goes on below the picture; Backspace at the beginning takes hold of it. */
export const figureKeys = Extension.create({
  name: "figureKeys",
  priority: 950,
  addKeyboardShortcuts() {
    return {
      Enter: () => {
        const found = around(this.editor.state, "figure");
        if (!found || found.isWhole) {
          return false;
        }
        this.editor.view.dispatch(caretAfter(this.editor.state.tr, found.pos + found.node.nodeSize));
        return true;
      },
      Backspace: () => {
        const { selection, tr, doc } = this.editor.state;
        const { $from } = selection;
        if (!selection.empty || $from.parent.type.name !== "figure" || $from.parentOffset > 0) {
          return false;
        }
        this.editor.view.dispatch(tr.setSelection(NodeSelection.create(doc, $from.before())));
        return true;
      },
    };
  },
});

export const figurePanel = {
  name: "image",
  label: "Image",
  onEnter: true,
  onTab: true,
  find: (state) => around(state, "figure"),
  build(editor, current) {
    const set = (name, value) => {
      const found = current();
      if (found) {
        editor.view.dispatch(editor.state.tr.setNodeAttribute(found.pos, name, value || null));
      }
    };
    const alt = line("", { "data-field": "alt", "data-first": "" });
    alt.addEventListener("input", () => set("alt", alt.value));
    const caption = line("", { "data-field": "caption" });
    caption.addEventListener("input", () => say(editor, current(), { caption: caption.value }));
    const credit = line("", { "data-field": "credit" });
    credit.addEventListener("input", () => say(editor, current(), { credit: credit.value }));
    const size = choice(SIZES, "", { "data-field": "size" });
    size.addEventListener("change", () => set("size", size.value));
    const replace = button("Another picture…", () => another(editor, current));
    const remove = button("Remove", () => {
      const found = current();
      if (found) {
        const transaction = editor.state.tr.delete(found.pos, found.pos + found.node.nodeSize);
        editor.view.dispatch(transaction.scrollIntoView());
      }
      editor.view.focus();
    });
    return [
      labelled("Alternative text", alt, "What it shows, for people who do not see it."),
      labelled("Caption", caption),
      labelled("Credit", credit),
      labelled("Width", size),
      make("div", { class: "insert-panel-actions" }, [replace, remove]),
    ];
  },
  refresh({ node }, box) {
    const { caption, credit, isPlain } = wordsOf(node);
    const values = { alt: node.attrs.alt ?? "", caption, credit, size: node.attrs.size ?? "" };
    for (const [name, value] of Object.entries(values)) {
      const control = box.querySelector(`[data-field="${name}"]`);
      if (control.value !== value) {
        control.value = value;
      }
    }
    const control = box.querySelector('[data-field="caption"]');
    control.readOnly = !isPlain;
    control.title = isPlain ? "" : "It has links or formatting: write it below the picture.";
    box.querySelector('[data-field="alt"]').toggleAttribute("data-missing", !values.alt.trim());
  },
};

async function another(editor, current) {
  const chosen = await choosePicture({ heading: "Another picture", files: false });
  const found = current();
  if (chosen?.item && found) {
    const { url, alt, width, height } = chosen.item;
    const { tr } = editor.state;
    const attributes = { src: url, width: width ? String(width) : null, height: height ? String(height) : null, imageAttributes: null };
    if (alt) {
      attributes.alt = alt;
    }
    Object.entries(attributes).forEach(([name, value]) => tr.setNodeAttribute(found.pos, name, value));
    editor.view.dispatch(tr);
  }
  editor.view.focus();
}

const isCredit = (node) => node.marks.some((mark) => mark.type.name === "element" && mark.attrs.tag === "small");

/** What a caption says: its words, and the credit, which is the <small> at its end. */
export function wordsOf(figure) {
  let caption = "";
  let credit = "";
  let isPlain = true;
  figure.forEach((node) => {
    if (isCredit(node)) {
      credit += node.text ?? "";
    } else {
      caption += node.text ?? " ";
      isPlain &&= node.isText && node.marks.length === 0;
    }
  });
  return { caption: credit ? caption.replace(/ $/, "") : caption, credit, isPlain };
}

/** Set caption or credit of a figure, leaving the other alone. */
function say(editor, found, { caption, credit }) {
  if (!found) {
    return;
  }
  const { schema } = editor.state;
  const old = wordsOf(found.node);
  const before = [];
  found.node.forEach((node) => !isCredit(node) && before.push(node));
  if (old.credit && old.isPlain) {
    before.splice(0, before.length, ...(old.caption ? [schema.text(old.caption)] : []));
  }
  const words = caption === undefined ? before : caption ? [schema.text(caption)] : [];
  const nodes = [...words, ...creditNodes(schema, credit ?? old.credit, words.length > 0)];
  const start = found.pos + 1;
  const { tr } = editor.state;
  tr.replaceWith(start, start + found.node.content.size, Fragment.from(nodes));
  if (editor.state.selection.node) {
    tr.setSelection(NodeSelection.create(tr.doc, found.pos));
  }
  editor.view.dispatch(tr);
}

function creditNodes(schema, credit, hasWords) {
  if (!credit) {
    return [];
  }
  const small = schema.text(credit, [schema.marks.element.create({ tag: "small" })]);
  return hasWords ? [schema.text(" "), small] : [small];
}
