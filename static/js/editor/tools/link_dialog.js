// The dialog of a link: an address, or part of an article's title; on Ctrl+K or the toolbar's button.
import { articleOf, readAddress } from "./addresses.js";
import { findArticle, searchArticles, STATUS_NAMES } from "./article_search.js";
import { el, freshId, later, pressable } from "./dom.js";
import { entry, layer, place } from "./popups.js";
import { follower, linkAt, removeLink, setLink, showMeant } from "./links.js";

const PAUSE = 160;

/** Ask where a link leads, and make it. */
export function openLinkDialog(doc) {
  const { editor } = doc;
  const { state } = editor;
  if (!state.selection.$from.parent.inlineContent || state.selection.$from.parent.type.spec.code) {
    return;
  }
  const present = linkAt(state);
  const range = present ?? { from: state.selection.from, to: state.selection.to };
  const isEmpty = range.from === range.to;
  const follow = follower(editor, range);
  const dialog = el("dialog", { class: "editor-dialog editor-link-dialog", "aria-labelledby": "editor-link-title" });
  const combobox = makeCombobox({ onPick: (article) => finish(() => ({ href: article.address, words: article.title })) });
  const words = el("input", { class: "control", id: freshId("editor-words"), autocomplete: "off", enterkeyhint: "done" });

  const form = el(
    "form",
    {
      class: "editor-dialog-form",
      onsubmit: (event) => {
        event.preventDefault();
        const read = readAddress(combobox.value());
        if (read.refusal) {
          combobox.refuse(read.refusal);
        } else {
          finish(() => ({ href: read.address, words: combobox.value() }));
        }
      },
    },
    el("h2", { id: "editor-link-title" }, present ? "Change the link" : "Link"),
    combobox.element,
    isEmpty ? el("div", { class: "field" }, el("label", { for: words.id }, "Words (empty: the title or the address)"), words) : null,
    el(
      "div",
      { class: "row" },
      el("button", { type: "submit", class: "button is-primary is-small" }, present ? "Change" : "Make the link"),
      present ? pressable({ class: "button is-small", onclick: () => finish(null) }, "Remove") : null,
      present ? el("a", { class: "button is-small", href: present.href, target: "_blank", rel: "noopener" }, "Open in a new tab") : null,
      pressable({ class: "button is-small is-quiet", onclick: () => dialog.close() }, "Cancel"),
    ),
  );
  dialog.append(form);
  dialog.addEventListener("close", settle);
  let act = () => {};
  let isOver = false;

  /** At once and not with the event, which comes later than a key typed on. */
  function settle() {
    if (isOver) {
      return;
    }
    isOver = true;
    const at = follow.end();
    window.visualViewport?.removeEventListener("resize", again);
    grown.disconnect();
    dialog.remove();
    showMeant(editor, null);
    editor.commands.focus(null, { scrollIntoView: false });
    act(at);
  }

  function finish(chosen) {
    const given = words.value.trim();
    act = (at) => {
      if (chosen) {
        const { href, words: own } = chosen();
        setLink(editor, at, href, isEmpty ? given || own : "");
      } else {
        removeLink(editor, at);
      }
    };
    dialog.close();
    settle();
  }

  const again = () => place(dialog, rectOf(editor, range));
  const grown = new ResizeObserver(again);
  showMeant(editor, range);
  layer.append(dialog);
  dialog.showModal();
  combobox.begin(present?.href ?? "");
  again();
  window.visualViewport?.addEventListener("resize", again);
  grown.observe(form);
}

function rectOf(editor, { from, to }) {
  const start = editor.view.coordsAtPos(from);
  const end = editor.view.coordsAtPos(to);
  return { left: start.left, right: end.right, top: start.top, bottom: end.bottom };
}

/** A text field with the articles that match under it (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). */
function makeCombobox({ onPick }) {
  const id = freshId("editor-target");
  const error = el("p", { class: "field-error", id: `${id}-error`, hidden: true });
  const note = el("p", { class: "hint", id: `${id}-note` }, "Own articles stay linked, whatever they are renamed to.");
  const list = el("div", { class: "editor-results", role: "listbox", id: `${id}-list`, "aria-label": "Articles", hidden: true });
  const input = el("input", {
    class: "control", id, type: "text", role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, inputmode: "url",
    "aria-expanded": "false", "aria-describedby": `${note.id} ${error.id}`, autocomplete: "off", autocapitalize: "none", spellcheck: "false",
    enterkeyhint: "done",
    oninput: () => {
      refuse("");
      search();
    },
    onkeydown: steer,
  });
  let options = [];
  let found = [];
  let at = -1;
  let asking = null;

  function choose(number) {
    at = number;
    options.forEach((option, each) => option.setAttribute("aria-selected", String(each === at)));
    if (at < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", options[at].id);
      options[at].scrollIntoView({ block: "nearest" });
    }
  }

  function steer(event) {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      event.preventDefault();
      choose(((event.key === "ArrowDown" ? at + 1 : at < 0 ? -1 : at - 1) + options.length) % options.length);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      onPick(found[at]);
    }
  }

  function show(articles) {
    found = articles;
    options = articles.map((article, number) =>
      el(
        "div",
        {
          class: "editor-entry", role: "option", id: `${id}-option-${number}`, "aria-selected": "false",
          onmousedown: (event) => event.preventDefault(), onclick: () => onPick(article),
        },
        ...entry({ label: article.title, hint: `${STATUS_NAMES[article.status] ?? article.status} · ${article.path}`, icon: "article" }),
      ),
    );
    list.replaceChildren(...options);
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(options.length > 0));
    choose(-1);
  }

  const search = later(async () => {
    asking?.abort();
    const typed = input.value.trim();
    if (typed && !readAddress(typed).refusal) {
      show([]);
      return;
    }
    asking = new AbortController();
    const { signal } = asking;
    const articles = await searchArticles({ q: typed }, signal);
    if (!signal.aborted && input.value.trim() === typed) {
      show((articles ?? []).filter((article) => article.status !== "trashed"));
    }
  }, PAUSE);

  function refuse(sentence) {
    error.textContent = sentence;
    error.hidden = !sentence;
    if (sentence) {
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else {
      input.removeAttribute("aria-invalid");
    }
  }

  async function begin(href) {
    input.value = href;
    input.focus();
    input.select();
    const number = articleOf(href);
    const article = number === null ? null : await findArticle(number);
    if (article) {
      note.textContent = `Leads to “${article.title}”.`;
    }
    if (!href) {
      search();
    }
  }

  return {
    element: el("div", { class: "field" }, el("label", { for: id }, "Address, or title of an article"), note, input, error, list),
    value: () => input.value.trim(),
    begin,
    refuse,
  };
}
