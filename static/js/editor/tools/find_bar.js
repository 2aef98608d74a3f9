// The bar of find and replace, under the toolbar. Ctrl+F opens it, Escape leads back to where the text was found.
import { announce } from "./announcing.js";
import { el, freshId, keysOf, later, pressable } from "./dom.js";
import { find, foundIn, goTo, replaceAll, replaceOne, selectFound } from "./finding.js";
import { icon } from "./icons.js";

/** Make the bar. Returns its element, and `open({replaces})`. */
export function makeFindBar(doc) {
  const { editor } = doc;
  const count = el("span", { class: "editor-find-count number" });
  const wanted = field("Find", { oninput: () => look(), onkeydown: (event) => onEnter(event, (back) => go(back ? -1 : 1)) });
  const instead = field("Replace with", { onkeydown: (event) => onEnter(event, () => one()) });
  const exact = toggle("Aa", "Upper and lower case", () => look());
  const whole = toggle("“ab”", "Whole words", () => look());
  const buttons = el(
    "span",
    { class: "editor-find-buttons" },
    exact,
    whole,
    tool("up", "Previous", () => go(-1), "Shift-Enter"),
    tool("down", "Next", () => go(1), "Enter"),
    tool("close", "Close", () => close(), "Escape"),
  );
  const replacing = el(
    "span",
    { class: "editor-find-buttons" },
    pressable({ class: "button is-small", onclick: () => one() }, "Replace"),
    pressable({ class: "button is-small", onclick: () => all() }, "Replace all"),
  );
  const bar = el(
    "div",
    { class: "editor-find", role: "search", "aria-label": "Find and replace in the text", hidden: true },
    el("span", { class: "editor-find-line" }, el("span", { class: "editor-find-field" }, wanted.element, count), buttons),
    el("span", { class: "editor-find-line" }, el("span", { class: "editor-find-field" }, instead.element), replacing),
  );
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });

  const say = later(() => announce(sentence()), 700);

  function sentence() {
    const { found, at } = foundIn(editor.state);
    return found.length ? `${at + 1} of ${found.length}` : "Not found";
  }

  function tell() {
    count.textContent = wanted.input.value ? (foundIn(editor.state).found.length ? sentence().replace(" of ", "/") : "none") : "";
    bar.classList.toggle("is-none", count.textContent === "none");
  }

  function look() {
    const text = wanted.input.value;
    find(editor, text ? { text, isExact: pressed(exact), isWhole: pressed(whole) } : null);
    goTo(editor, 0);
    if (text) {
      say();
    }
  }

  function go(step) {
    goTo(editor, step);
    say();
  }

  function one() {
    replaceOne(editor, instead.input.value);
    say();
  }

  function all() {
    const number = replaceAll(editor, instead.input.value);
    announce(number === 1 ? "1 replaced" : `${number} replaced`);
    count.textContent = `${number} replaced`;
  }

  function open({ replaces = false } = {}) {
    const { from, to } = editor.state.selection;
    const chosen = editor.state.doc.textBetween(from, to, "\n");
    bar.hidden = false;
    if (chosen && chosen.length < 200 && !chosen.includes("\n")) {
      wanted.input.value = chosen;
    }
    const { input } = replaces && wanted.input.value ? instead : wanted;
    input.focus();
    input.select();
    look();
  }

  function close() {
    if (bar.hidden) {
      return;
    }
    bar.hidden = true;
    selectFound(editor);
    find(editor, null);
    editor.commands.focus();
  }

  editor.on("transaction", () => !bar.hidden && tell());
  return { element: bar, open, close };
}

function field(label, listeners) {
  const id = freshId("editor-find");
  const input = el("input", {
    class: "control", id, type: "text", placeholder: label, autocomplete: "off", autocapitalize: "none", spellcheck: "false", enterkeyhint: "search", ...listeners,
  });
  return { input, element: [el("label", { for: id, class: "visually-hidden" }, label), input] };
}

function onEnter(event, then) {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault(); // the article's form is around it
    then(event.shiftKey);
  }
}

function toggle(words, label, then) {
  const button = pressable(
    {
      class: "editor-tool", "aria-label": label, title: label, "aria-pressed": "false",
      onclick: () => {
        button.setAttribute("aria-pressed", String(!pressed(button)));
        then();
      },
    },
    el("span", { "aria-hidden": "true", class: "editor-tool-sign" }, words),
  );
  return button;
}

function pressed(button) {
  return button.getAttribute("aria-pressed") === "true";
}

function tool(name, label, onclick, shortcut) {
  return pressable({ class: "editor-tool", "aria-label": label, title: `${label} (${keysOf(shortcut)})`, onclick }, icon(name));
}
