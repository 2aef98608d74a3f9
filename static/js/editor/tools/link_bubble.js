// Under a link in which the caret stands: where it leads, and what can be done with it. By keyboard the link's dialog
// (Ctrl+K) does all of it.
import { articleOf } from "./addresses.js";
import { findArticle } from "./article_search.js";
import { el, keysOf, pressable } from "./dom.js";
import { icon } from "./icons.js";
import { linkAt, removeLink } from "./links.js";
import { layer, place } from "./popups.js";

/** Show the bubble where it belongs from now on. `edit()` opens the link's dialog. */
export function installLinkBubble(doc, edit) {
  const { editor } = doc;
  const address = el("a", { class: "editor-bubble-address", target: "_blank", rel: "noopener" });
  const bubble = el(
    "div",
    { class: "editor-bubble", role: "group", "aria-label": "Link", hidden: true },
    address,
    pressable({ class: "editor-tool", title: `Change the link (${keysOf("Mod-k")})`, "aria-label": "Change the link", onclick: edit }, icon("edit")),
    pressable({ class: "editor-tool", title: "Remove the link", "aria-label": "Remove the link", onclick: remove }, icon("unlink")),
  );
  layer.append(bubble);
  let shown = null;

  function remove() {
    const link = linkAt(editor.state);
    if (link) {
      removeLink(editor, link);
    }
    editor.commands.focus();
  }

  function refresh() {
    const hasFocus = editor.view.hasFocus() || bubble.contains(document.activeElement);
    const link = hasFocus && editor.state.selection.empty ? linkAt(editor.state) : null;
    bubble.hidden = !link;
    if (!link) {
      shown = null;
      return;
    }
    if (shown !== link.href) {
      shown = link.href;
      address.href = link.href;
      address.replaceChildren(el("span", {}, short(link.href)), icon("open"));
      tell(link.href);
    }
    const start = editor.view.coordsAtPos(link.from);
    const caret = editor.view.coordsAtPos(editor.state.selection.from);
    place(bubble, { left: start.top === caret.top ? start.left : caret.left, right: caret.right, top: caret.top, bottom: caret.bottom });
  }

  async function tell(href) {
    const number = articleOf(href);
    const article = number === null ? null : await findArticle(number);
    if (article && shown === href) {
      address.firstChild.textContent = article.title;
      refresh();
    }
  }

  let asked = 0;
  const soon = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      refresh();
    });
  };
  for (const event of ["transaction", "focus", "blur"]) {
    editor.on(event, soon);
  }
  bubble.addEventListener("focusout", soon);
  bubble.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      editor.commands.focus();
    }
  });
  window.addEventListener("scroll", soon, { passive: true, capture: true });
  window.visualViewport?.addEventListener("resize", soon);
}

function short(href) {
  return href.replace(/^https?:\/\/(www\.)?/, "").replace(/\/$/, "");
}
