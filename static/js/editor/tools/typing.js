// Markdown as it is typed, beyond what the nodes and marks bring themselves; the shortcuts; an empty text's invitation.
import { Extension, InputRule, textblockTypeInputRule } from "@tiptap/core";
import { Plugin } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { readAddress } from "./addresses.js";
import { findPlugin } from "./finding.js";
import { linkPlugin } from "./links.js";
import { slashMenu } from "./slash.js";
import { rememberRules, takeBack } from "./taking_back.js";
import { overlaid } from "./viewport.js";

const LINK = /(^|[^!\\])\[([^\][]+)\]\(([^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)$/;
const INVITATION = "Write, or type / to insert something";

/** The extension. `desk` is filled once the document is open: {doc, room, link, find, replace, full, help, toolbar}. */
export function typing(desk) {
  const doing = (name) => ({ editor }) => {
    editor.view.domObserver.flush(); // what was selected a moment ago, before the browser tells of it
    desk[name]?.();
    return Boolean(desk[name]);
  };
  return Extension.create({
    name: "tools",
    priority: 1000, // before the nodes' own rules and keys

    addInputRules() {
      const rules = [];
      const { heading, link } = this.editor.schema.nodes.heading ? { ...this.editor.schema.nodes, ...this.editor.schema.marks } : {};
      if (heading) {
        // The title is the first heading of the page: # and ## both begin at the second.
        rules.push(
          textblockTypeInputRule({
            find: /^(#{1,6})\s$/,
            type: heading,
            getAttributes: (match) => ({ level: Math.min(4, Math.max(2, match[1].length)) }),
          }),
        );
      }
      if (link) {
        rules.push(new InputRule({ find: LINK, handler: linkRule(link) }));
      }
      return rules;
    },

    addKeyboardShortcuts() {
      return {
        "Mod-k": doing("link"),
        "Mod-f": doing("find"),
        "Mod-Alt-f": doing("replace"),
        "Mod-h": doing("replace"),
        "Mod-Shift-f": doing("full"),
        "Mod-/": doing("help"),
        "Alt-F10": doing("toolbar"),
        Backspace: ({ editor }) => takeBack(editor),
        Escape: () => desk.leave?.() ?? false,
        "Mod-\\": () => this.editor.commands.unsetAllMarks(),
      };
    },

    addProseMirrorPlugins() {
      return [rememberRules(), slashMenu(() => desk.doc), linkPlugin(() => this.editor), findPlugin(), invitation(), margins(desk)];
    },
  });
}

function linkRule(type) {
  return ({ state, range, match }) => {
    const [, before, words, address] = match;
    const read = readAddress(address);
    if (read.refusal) {
      return null;
    }
    const start = range.from + before.length;
    const { tr } = state;
    tr.delete(start + 1 + words.length, range.to).delete(start, start + 1);
    tr.addMark(start, start + words.length, type.create({ href: read.address })).removeStoredMark(type);
    return undefined;
  };
}

/** While there is nothing: what to do. */
function invitation() {
  return new Plugin({
    props: {
      decorations({ doc }) {
        const first = doc.firstChild;
        const isEmpty = doc.childCount === 1 && first.type.name === "paragraph" && first.content.size === 0;
        return isEmpty
          ? DecorationSet.create(doc, [Decoration.node(0, first.nodeSize, { class: "is-empty", "data-invitation": INVITATION })])
          : null;
      },
    },
  });
}

/** Where the bars stick, no caret may hide. */
function margins(desk) {
  const side = (name) => ({ enumerable: true, get: () => (desk.room?.[name] ?? 5) + (overlaid[name] ?? 0) });
  const room = Object.defineProperties({}, { top: side("top"), bottom: side("bottom"), left: side("left"), right: side("right") });
  return new Plugin({ props: { scrollMargin: room, scrollThreshold: room } });
}
