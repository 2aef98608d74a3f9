// What the editor has no node for: kept as it is, shown as what it is, printed unchanged.
import { Node } from "@tiptap/core";

import { inner } from "./nodes.js";

function view(name) {
  return ({ node }) => {
    const dom = document.createElement(name === "rawBlock" ? "div" : "span");
    dom.className = name === "rawBlock" ? "raw-block" : "raw-inline";
    dom.contentEditable = "false";
    const label = document.createElement("span");
    label.className = "raw-label";
    label.textContent = "HTML";
    const source = document.createElement("code");
    source.textContent = node.attrs.html;
    dom.append(label, source);
    return {
      dom,
      update(changed) {
        if (changed.type !== node.type) {
          return false;
        }
        source.textContent = changed.attrs.html;
        return true;
      },
    };
  };
}

const html = () => ({
  html: inner("", { parseHTML: (element) => element.dataset.html ?? "" }),
});

/** A block of HTML of its own; `html` is its source. */
export const rawBlock = Node.create({
  name: "rawBlock",
  group: "block",
  atom: true,
  draggable: true,
  addAttributes: html,
  parseHTML() {
    return [{ tag: "div[data-html]", priority: 100 }];
  },
  renderHTML({ node }) {
    return ["div", { "data-html": node.attrs.html }];
  },
  addNodeView() {
    return view(this.name);
  },
});

/** The same within a line of text: a player, a picture with several sources, an empty anchor. */
export const rawInline = Node.create({
  name: "rawInline",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: html,
  parseHTML() {
    return [{ tag: "span[data-html]", priority: 100 }];
  },
  renderHTML({ node }) {
    return ["span", { "data-html": node.attrs.html }];
  },
  addNodeView() {
    return view(this.name);
  },
});
