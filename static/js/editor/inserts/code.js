// Code: its language, Tab within it, Escape out of it.
import { Extension } from "@tiptap/core";

import { around } from "./panel.js";
import { caretAfter } from "./places.js";
import { labelled, line, make } from "./widgets.js";

/** The languages that the page colours (app/articles/finishing_code.py), by the name they get. */
export const LANGUAGES = {
  bash: "Shell", c: "C", console: "Shell session", cpp: "C++", csharp: "C#", css: "CSS", dart: "Dart", diff: "Diff",
  docker: "Dockerfile", elixir: "Elixir", go: "Go", graphql: "GraphQL", haskell: "Haskell", html: "HTML", ini: "INI",
  java: "Java", javascript: "JavaScript", json: "JSON", julia: "Julia", kotlin: "Kotlin", lua: "Lua", make: "Makefile",
  markdown: "Markdown", nginx: "nginx", php: "PHP", powershell: "PowerShell", python: "Python", r: "R", ruby: "Ruby",
  rust: "Rust", scala: "Scala", scss: "SCSS", sql: "SQL", swift: "Swift", toml: "TOML", typescript: "TypeScript",
  xml: "XML", yaml: "YAML",
};

export const codePanel = {
  name: "code",
  label: "Code",
  find: (state) => around(state, "codeBlock"),
  build(editor, current) {
    const options = make("datalist", { id: "code-languages" });
    options.append(...Object.entries(LANGUAGES).map(([value, label]) => make("option", { value }, label)));
    const language = line("", {
      "data-field": "language", list: options.id, placeholder: "none", spellcheck: "false", autocapitalize: "none",
    });
    language.addEventListener("input", () => {
      const found = current();
      const typed = language.value.trim().toLowerCase();
      const known = Object.entries(LANGUAGES).find(([, label]) => label.toLowerCase() === typed)?.[0] ?? typed;
      if (found && /^[\w+#.-]{0,40}$/.test(known)) {
        editor.view.dispatch(editor.state.tr.setNodeAttribute(found.pos, "language", known || null));
      }
    });
    return [labelled("Language", language, "Tab indents; Escape leaves the code."), options];
  },
  refresh({ node }, box) {
    const control = box.querySelector('[data-field="language"]');
    if (document.activeElement !== control) {
      control.value = node.attrs.language ?? "";
    }
  },
};

export const codeKeys = Extension.create({
  name: "codeKeys",
  priority: 950,
  addKeyboardShortcuts() {
    const { editor } = this;
    const inCode = () => (editor.state.selection.node ? null : around(editor.state, "codeBlock"));
    return {
      Tab: () => inCode() !== null && indent(editor, inCode(), true),
      "Shift-Tab": () => inCode() !== null && indent(editor, inCode(), false),
      Escape: () => {
        const found = inCode();
        if (found) {
          editor.view.dispatch(caretAfter(editor.state.tr, found.pos + found.node.nodeSize));
        }
        return found !== null;
      },
    };
  },
});

/** Move the selected lines in or out; with a mere caret, Tab puts in what is missing to the next stop. */
function indent(editor, { pos, node }, isIn) {
  const { state } = editor;
  const start = pos + 1;
  const text = node.textContent;
  const unit = /^\t/m.test(text) ? "\t" : /^ {2}\S/m.test(text) ? "  " : "    ";
  const from = state.selection.from - start;
  const to = state.selection.to - start;
  const { tr } = state;
  if (isIn && from === to) {
    const column = from - (text.lastIndexOf("\n", from - 1) + 1);
    editor.view.dispatch(tr.insertText(unit === "\t" ? unit : unit.slice(column % unit.length)));
    return true;
  }
  const lines = [];
  for (let at = text.lastIndexOf("\n", from - 1) + 1; ; ) {
    lines.push(at);
    const end = text.indexOf("\n", at);
    if (end < 0 || end + 1 >= Math.max(to, from + 1)) {
      break;
    }
    at = end + 1;
  }
  for (const at of lines.reverse()) {
    const held = text.slice(at);
    const gone = isIn ? 0 : (new RegExp(`^(\t| {1,${unit === "\t" ? 4 : unit.length}})`).exec(held)?.[0].length ?? 0);
    if (isIn) {
      tr.insertText(unit, start + at);
    } else if (gone) {
      tr.delete(start + at, start + at + gone);
    }
  }
  editor.view.dispatch(tr);
  return true;
}
