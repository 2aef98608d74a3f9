// A link to another site that stands alone in its paragraph is shown as the card that readers will see.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { caretAfter, putBlocks } from "./places.js";
import { button, dialog, labelled, line, make } from "./widgets.js";

const key = new PluginKey("cards");

export const cards = Extension.create({
  name: "cards",
  addProseMirrorPlugins: () => [
    new Plugin({
      key,
      state: {
        init: (_, { doc }) => decorate(doc),
        apply: (transaction, held) => (transaction.docChanged ? decorate(transaction.doc) : held),
      },
      props: { decorations: (state) => key.getState(state) },
    }),
  ],
});

function decorate(doc) {
  const found = [];
  doc.forEach((node, pos) => {
    const host = node.type.name === "paragraph" && node.childCount ? hostOf(node) : "";
    if (host) {
      found.push(Decoration.node(pos, pos + node.nodeSize, { class: "link-card", "data-host": host }));
    }
  });
  return DecorationSet.create(doc, found);
}

/** The host of the one link that makes up a paragraph, or nothing. */
function hostOf(paragraph) {
  const first = linkOf(paragraph.firstChild);
  for (let at = 0; at < paragraph.childCount; at += 1) {
    const node = paragraph.child(at);
    if (!first || !node.isText || linkOf(node) !== first) {
      return "";
    }
  }
  try {
    const { protocol, host, origin } = new URL(first);
    return /^https?:$/.test(protocol) && host.includes(".") && origin !== location.origin ? host.replace(/^www\./, "") : "";
  } catch {
    return "";
  }
}

const linkOf = (node) => node.marks.find((mark) => mark.type.name === "link")?.attrs.href;

/** Ask for an address and put it in as a card. */
export async function insertCard(editor) {
  const made = await dialog("Insert a card of another page", (close) => {
    const address = line("", { type: "url", inputmode: "url", placeholder: "https://", autofocus: "", dir: "ltr" });
    const title = line("");
    const wrong = make("p", { class: "field-error", role: "alert", id: "card-wrong" });
    const keep = () => {
      const typed = address.value.trim();
      const whole = /^[a-z]+:/i.test(typed) ? typed : `https://${typed}`;
      if (!/^https?:\/\/[^\s/]+\.[^\s/]+/i.test(whole) || !URL.canParse(whole)) {
        wrong.textContent = "This is no address of a page. Write one like https://example.org/page.";
        address.setAttribute("aria-invalid", "true");
        address.setAttribute("aria-describedby", wrong.id);
        address.focus();
        return;
      }
      close({ address: whole, title: title.value.trim() });
    };
    for (const field of [address, title]) {
      field.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), keep()));
    }
    return [
      labelled("Address", address, "The page is not asked: the card shows your title and the site’s name."),
      wrong,
      labelled("Title", title),
      make("div", { class: "insert-dialog-foot" }, [
        button("Insert", keep, { class: "button is-primary" }),
        button("Cancel", () => close(), { class: "button" }),
      ]),
    ];
  });
  if (made) {
    const { tr, schema } = editor.state;
    const link = schema.marks.link.create({ href: made.address });
    const card = schema.nodes.paragraph.create(null, schema.text(made.title || made.address, [link]));
    const { end } = putBlocks(tr, [card]);
    caretAfter(tr, end);
    tr.removeStoredMark(schema.marks.link);
    editor.view.dispatch(tr);
  }
  editor.view.focus();
}

