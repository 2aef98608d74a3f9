// Links: making and changing them, a pasted address over words, and own articles by their number.
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { articleOf, isAddress, readAddress, slugOf } from "./addresses.js";
import { searchArticles } from "./article_search.js";

const key = new PluginKey("links");

/** The link at the caret or at the beginning of what is selected: {href, from, to}, or null. */
export function linkAt(state) {
  const type = state.schema.marks.link;
  const { from, empty } = state.selection;
  const $at = state.doc.resolve(from);
  const { parent } = $at;
  if (!type || !parent.inlineContent) {
    return null;
  }
  const offset = $at.parentOffset;
  let start = 0;
  const pieces = [];
  parent.forEach((node, at) => pieces.push({ mark: type.isInSet(node.marks), at, end: at + node.nodeSize }));
  const here = pieces.findIndex(({ mark, at, end }) => mark && (empty ? at <= offset && offset <= end : at <= offset && offset < end));
  if (here < 0) {
    return null;
  }
  const { mark } = pieces[here];
  let first = here;
  let last = here;
  while (first > 0 && pieces[first - 1].mark?.eq(mark)) {
    first -= 1;
  }
  while (last + 1 < pieces.length && pieces[last + 1].mark?.eq(mark)) {
    last += 1;
  }
  start = $at.start();
  return { href: mark.attrs.href ?? "", mark, from: start + pieces[first].at, to: start + pieces[last].end };
}

/** Make a link of a range; with `words` they come in its place. The caret stands behind it. */
export function setLink(editor, { from, to }, href, words = "") {
  const { state } = editor;
  const type = state.schema.marks.link;
  const tr = state.tr;
  const former = linkAt(state)?.mark.attrs ?? {};
  if (words) {
    tr.insertText(words, from, to);
  }
  const end = words ? from + words.length : to;
  tr.removeMark(from, end, type).addMark(from, end, type.create({ ...former, href }));
  tr.setSelection(state.selection.constructor.near(tr.doc.resolve(end), -1)).removeStoredMark(type);
  editor.view.dispatch(tr.scrollIntoView());
  preferNumber(editor, { from, to: end }, href);
}

/** Take the link off a range; its words stay. */
export function removeLink(editor, { from, to }) {
  const { state } = editor;
  editor.view.dispatch(state.tr.removeMark(from, to, state.schema.marks.link).removeStoredMark(state.schema.marks.link));
}

/** An address of this site that is an article's becomes its permanent one, once the server has said so. */
async function preferNumber(editor, range, href) {
  const slug = articleOf(href) === null ? slugOf(href) : null;
  if (!slug) {
    return;
  }
  const follow = follower(editor, range);
  const [article] = (await searchArticles({ slug })) ?? [];
  const { from, to } = follow.end();
  if (!article || editor.isDestroyed) {
    return;
  }
  const { state } = editor;
  const type = state.schema.marks.link;
  const tr = state.tr;
  const hash = new URL(href, location.href).hash;
  state.doc.nodesBetween(from, Math.max(from, to), (node, at) => {
    const mark = type.isInSet(node.marks);
    if (node.isText && mark?.attrs.href === href) {
      tr.addMark(at, at + node.nodeSize, type.create({ ...mark.attrs, href: article.address + hash }));
    }
  });
  if (tr.docChanged) {
    editor.view.dispatch(tr);
  }
}

/** Follow a range while the document changes; end() gives where it is by then. */
export function follower(editor, { from, to }) {
  const map = ({ transaction }) => {
    from = transaction.mapping.map(from, 1);
    to = transaction.mapping.map(to, -1);
  };
  editor.on("transaction", map);
  return {
    end() {
      editor.off("transaction", map);
      return { from, to: Math.max(from, to) };
    },
  };
}

/** Show a range as meant while a dialog has the focus; null: none any more. */
export function showMeant(editor, range) {
  editor.view.dispatch(editor.state.tr.setMeta(key, range).setMeta("addToHistory", false));
}

/** The plugin: a pasted address makes a link, and ranges that a dialog speaks of are shown. */
export function linkPlugin(getEditor) {
  return new Plugin({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply(tr, shown) {
        const asked = tr.getMeta(key);
        if (asked === undefined) {
          return shown.map(tr.mapping, tr.doc);
        }
        return asked && asked.from < asked.to
          ? DecorationSet.create(tr.doc, [Decoration.inline(asked.from, asked.to, { class: "editor-meant" })])
          : DecorationSet.empty;
      },
    },
    props: {
      decorations: (state) => key.getState(state),
      handlePaste: (view, event) => pasteAddress(getEditor(), view, event),
    },
  });
}

function pasteAddress(editor, view, event) {
  view.domObserver.flush(); // what was selected a moment ago, before the browser tells of it
  const data = event.clipboardData;
  const text = data?.getData("text/plain").trim() ?? "";
  const { state } = view;
  const { $from, $to, from, to, empty } = state.selection;
  const takesLinks = $from.parent.inlineContent && !$from.parent.type.spec.code && $from.parent.type.allowsMarkType(state.schema.marks.link);
  if (!isAddress(text) || data.files.length || !takesLinks || !$from.sameParent($to)) {
    return false;
  }
  if (empty && data.types.includes("text/html")) {
    return false; // a link with words of its own
  }
  if (state.schema.marks.code?.isInSet($from.marks())) {
    return false;
  }
  setLink(editor, { from, to }, readAddress(text).address, empty ? text : "");
  return true;
}
