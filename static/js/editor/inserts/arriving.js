// What arrives by paste and drop: cleaned HTML, paragraphs of plain text, files and pictures that are uploaded.
import { Extension } from "@tiptap/core";
import { Fragment, Slice } from "@tiptap/pm/model";
import { Plugin } from "@tiptap/pm/state";

import { cleanPasted, paragraphsOf } from "./pasting.js";
import { picturesOfRtf } from "./pasting_word.js";
import { beside, besidePoint } from "./places.js";
import { fileOf } from "./sending.js";
import { upload, uploadWith } from "./uploads.js";

const MARK = /\ue000upload-([0-9]+)\ue000/;

/** The extension. */
export const arriving = Extension.create({
  name: "arriving",
  priority: 500,
  addProseMirrorPlugins() {
    const { editor } = this;
    const pending = new Map(); // files of pasted pictures, by the number of the mark that stands for them in the text
    let rtf = "";
    return [
      new Plugin({
        props: {
          handleDOMEvents: {
            paste: (_view, event) => {
              rtf = event.clipboardData?.getData("text/rtf") ?? "";
              return false;
            },
          },
          transformPastedHTML: (html) => marked(cleanPasted(html, rtf ? picturesOfRtf(rtf) : []), pending),
          clipboardTextParser: (text, $context) => sliceOf(text, $context),
          handlePaste: (view, event) => {
            const files = [...(event.clipboardData?.files ?? [])];
            if (!files.length || !isOnlyFiles(event.clipboardData)) {
              return false;
            }
            upload(editor, files, beside(view.state.doc, view.state.selection.from));
            return true;
          },
          handleDrop: (view, event, _slice, moved) => {
            const files = moved ? [] : [...(event.dataTransfer?.files ?? [])];
            if (!files.length) {
              return false;
            }
            event.preventDefault();
            upload(editor, files, besidePoint(view, event));
            return true;
          },
        },
        appendTransaction: (transactions, _before, after) => {
          if (!pending.size || !transactions.some((transaction) => transaction.docChanged)) {
            return null;
          }
          return takeMarks(editor, after, pending);
        },
      }),
    ];
  },
});

/** Whether a clipboard holds files and nothing to read: Word and spreadsheets add a picture of what was copied. */
function isOnlyFiles(clipboard) {
  const html = clipboard.getData("text/html");
  if (!html) {
    return !clipboard.getData("text/plain").trim();
  }
  const { body } = new DOMParser().parseFromString(html, "text/html");
  return body.querySelectorAll("img").length === 1 && !body.textContent.trim();
}

let numbered = 0;

/** Pasted HTML with marks in place of pictures that come as data, each in a paragraph of its own; others are figures. */
function marked(html, pending) {
  const { body } = new DOMParser().parseFromString(html, "text/html");
  if (body.querySelector("[data-pm-slice]") && !body.querySelector("img[src^='data:']")) {
    return html;
  }
  for (const image of body.querySelectorAll("img")) {
    const address = image.getAttribute("src") ?? "";
    const block = image.closest("figure") ?? image.closest("p");
    const isAlone = block && !block.textContent.trim() && block.querySelectorAll("img").length === 1;
    if (/^data:/i.test(address)) {
      const file = fileOf(address, image.getAttribute("alt")?.replace(/[^\w-]+/g, "-").slice(0, 40) || "pasted");
      if (!file) {
        image.remove();
        continue;
      }
      numbered += 1;
      pending.set(String(numbered), file);
      const mark = body.ownerDocument.createElement("p");
      mark.textContent = `\ue000upload-${numbered}\ue000`;
      if (isAlone) {
        block.replaceWith(mark);
      } else if (block) {
        block.after(mark);
        image.remove();
      } else {
        image.replaceWith(mark);
      }
    } else if (isAlone && block.localName === "p" && !block.closest("li, td, th")) {
      const figure = body.ownerDocument.createElement("figure");
      figure.append(...block.childNodes);
      block.replaceWith(figure);
    }
  }
  return body.innerHTML;
}

/** Marks that have arrived in the text become placeholders. */
function takeMarks(editor, state, pending) {
  const found = [];
  state.doc.descendants((node, pos, parent) => {
    const mark = node.isText && MARK.exec(node.text);
    if (mark) {
      found.push({ number: mark[1], start: pos + mark.index, end: pos + mark.index + mark[0].length, parent });
    }
  });
  if (!found.length) {
    return null;
  }
  const { tr } = state;
  const wanted = [];
  for (const { number, start, end, parent } of found) {
    const from = tr.mapping.map(start);
    const to = tr.mapping.map(end);
    const $from = tr.doc.resolve(from);
    const isWhole = parent.content.size === end - start && $from.node(-1).childCount > 1;
    if (isWhole) {
      tr.delete($from.before(), $from.after());
    } else {
      tr.delete(from, to);
    }
    if (pending.has(number)) {
      wanted.push({ file: pending.get(number), steps: tr.mapping.maps.length, place: isWhole ? $from.before() : from });
      pending.delete(number);
    }
  }
  const placed = wanted.map(({ file, steps, place }) => ({
    file,
    position: beside(tr.doc, tr.mapping.slice(steps).map(place, -1)),
  }));
  return uploadWith(editor, tr, placed);
}

function sliceOf(text, $context) {
  const { nodes, text: textNode } = { nodes: $context.doc.type.schema.nodes, text: $context.doc.type.schema };
  const marks = $context.marks();
  const paragraphs = paragraphsOf(text).map((lines) => {
    const inside = lines.flatMap((one, at) => [
      ...(at ? [nodes.hardBreak.create()] : []),
      ...(one ? [textNode.text(one, marks)] : []),
    ]);
    return nodes.paragraph.create(null, inside);
  });
  return paragraphs.length ? new Slice(Fragment.from(paragraphs), 1, 1) : Slice.empty;
}
