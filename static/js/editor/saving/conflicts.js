// What two people changed at once: both texts at the block or field, and one click to choose. Until then mine stays in
// the editor and in the journal, theirs is what is stored.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { button, element } from "./elements.js";
import { makeName } from "./names.js";
import { plainText, showWords } from "./words.js";

const key = new PluginKey("conflicts");

/** Shows cards between the blocks of the rich editor: transactions with this meta bring [[position, element], …]. */
export const ConflictCards = Extension.create({
  name: "conflictCards",
  addProseMirrorPlugins: () => [
    new Plugin({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply(transaction, cards) {
          const shown = transaction.getMeta(key);
          if (!shown) return cards.map(transaction.mapping, transaction.doc);
          return DecorationSet.create(transaction.doc, shown.map(([position, card]) => Decoration.widget(
            position, card, { side: -1, key: card.id, stopEvent: () => true, ignoreSelection: true },
          )));
        },
      },
      props: { decorations: (state) => key.getState(state) },
    }),
  ],
});

export class Conflicts {
  constructor({ saver, status, doc, beside }) {
    Object.assign(this, { saver, status, doc, beside });
    this.cards = new Map();
    status.offer("conflict", "Show", () => this.#goToFirst());
    saver.on("conflicts", () => this.show());
  }

  show() {
    for (const [name, card] of this.cards) {
      if (this.saver.conflicts.get(name) === card.conflict) continue;
      card.element.remove();
      this.cards.delete(name);
    }
    for (const [name, conflict] of this.saver.conflicts) {
      if (!this.cards.has(name)) this.cards.set(name, { conflict, element: this.#card(name, conflict) });
    }
    this.#place();
    this.saver.rest();
  }

  /** Fields have their card under them; blocks before them in the rich editor, else beside the text. */
  #place() {
    const inText = [];
    for (const [, { conflict, element }] of this.cards) {
      if (conflict.name === "body") this.beside.append(element);
      else if (conflict.name !== undefined) this.saver.fields.control(conflict.name).closest(".field").append(element);
      else if (this.doc.editor) inText.push([this.#positionOf(conflict.id), element]);
      else this.beside.append(element);
    }
    if (!this.doc.editor) return;
    const { state, view } = this.doc.editor;
    view.dispatch(state.tr.setMeta(key, inText).setMeta("addToHistory", false).setMeta("applyBlocks", true));
  }

  #positionOf(id) {
    const index = this.doc.blocks().findIndex(([one]) => one === id);
    const { doc } = this.doc.editor.state;
    let position = 0;
    for (let at = 0; at < Math.min(index, doc.childCount); at += 1) position += doc.child(at).nodeSize;
    return index < 0 ? doc.content.size : position;
  }

  #goToFirst() {
    const [first] = this.cards.values();
    first?.element.scrollIntoView({ block: "center" });
    first?.element.querySelector("button").focus();
  }

  #card(name, conflict) {
    const by = conflict.by ? (conflict.by === this.saver.form.dataset.accountName ? "You, in another window," : conflict.by) : "Somebody else";
    const what = conflict.name === "body" ? "text" : conflict.name === undefined ? "paragraph" : `field “${this.saver.fields.label(conflict.name)}”`;
    const [mine, theirs] = [conflict.mine, conflict.theirs].map((text) => (text === null ? null : plainText(String(text))));
    const said = { theirs: `${by} changed this ${what} too.`, deleted: `${by} deleted this ${what} while you changed it.`, mine: `${by} changed this ${what}, which you deleted.` };
    const card = element(
      "div", { className: "saving-conflict notice is-warn", role: "group", id: `conflict-${makeName()}`, "aria-label": said.theirs, contenteditable: "false", dataset: { conflict: name } },
      element("p", { className: "saving-conflict-what" }, theirs === null ? said.deleted : mine === null ? said.mine : said.theirs),
    );
    if (mine !== null && theirs !== null) {
      card.append(
        element("dl", {}, element("dt", {}, `Theirs${conflict.by ? ` (${conflict.by})` : ""}`), element("dd", { dir: "auto", tabindex: "0" }, theirs || "(empty)"),
          element("dt", {}, "Yours"), element("dd", { dir: "auto", tabindex: "0" }, mine || "(empty)")),
        element("details", {}, element("summary", {}, "What differs"), showWords(theirs, mine)),
      );
    }
    const choose = (how) => async () => { await this.#choose(name, conflict, how); };
    card.append(element(
      "div", { className: "row" },
      button(mine === null ? "Delete it" : "Keep mine", choose("mine")),
      button(theirs === null ? "Delete it" : "Take theirs", choose("theirs")),
      mine !== null && theirs !== null && this.#hasBoth(conflict) ? button("Keep both", choose("both")) : null,
    ));
    return card;
  }

  #hasBoth({ name }) {
    return name === undefined || ["excerpt", "tags"].includes(name);
  }

  async #choose(name, conflict, how) {
    if (conflict.name === "body") await this.#chooseText(how);
    else if (conflict.name === undefined) await this.#chooseBlock(conflict, how);
    else this.#chooseField(conflict, how);
    this.saver.settle(name);
    if (conflict.name === undefined) this.doc.focusBlock(this.lastId || conflict.id);
    else if (conflict.name !== "body") this.saver.fields.control(conflict.name).focus();
  }

  async #chooseBlock({ id, mine, theirs, from }, how) {
    const blocks = this.doc.blocks();
    const typed = blocks.find(([one]) => one === id)?.[1] ?? null;
    this.lastId = id;
    if (how === "mine" && mine === null) this.doc.applyBlocks(blocks.filter(([one]) => one !== id));
    if (how === "theirs") {
      if (typed !== null && typed !== theirs) await this.saver.keepAside(id, typed, from);
      this.doc.applyBlocks(theirs === null ? blocks.filter(([one]) => one !== id) : put(blocks, id, [[id, theirs]]));
    }
    if (how === "both" && typed !== null) {
      this.lastId = makeName();
      this.doc.applyBlocks(put(blocks, id, [[id, theirs], [this.lastId, typed]]));
    }
  }

  /** HTML and Markdown have no paragraphs in common: one text or the other. */
  async #chooseText(how) {
    if (how === "mine") this.saver.sendsAll = true;
    else {
      await this.saver.keeper.forget(this.saver.tab);
      location.reload();
    }
  }

  #chooseField({ name, theirs }, how) {
    const { fields } = this.saver;
    if (how === "theirs") fields.set(name, theirs);
    if (how !== "both") return;
    const both = [theirs, fields.get(name)];
    fields.set(name, name === "tags" ? unionOf(both) : both.join("\n\n"));
  }
}

function put(blocks, id, wanted) {
  return blocks.flatMap((block) => (block[0] === id ? wanted : [block]));
}

function unionOf(lists) {
  const names = lists.flatMap((list) => list.split(",").map((name) => name.trim()).filter(Boolean));
  return [...new Set(names)].join(", ");
}
