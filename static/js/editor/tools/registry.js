// What can be put into a document by name: the entries of the toolbar's insert menu and of the slash menu.

const commands = new Map();

/**
 * Add an entry to both menus (or replace the one of the same name).
 *
 * - name: a short word that names it for the program;
 * - label: what people read ("Image"), hint: one short line beside it ("From the library or a new file");
 * - keywords: further words it is found by, an array or a string;
 * - icon: the name of a picture in icons.js, or path data drawn in 24 × 24 with a line of 1.75;
 * - group: "text" (what a paragraph is turned into) or "insert" (the default);
 * - shortcut: as Tiptap writes it ("Mod-Alt-2"), shown and not bound;
 * - order: entries with a smaller number come first (0);
 * - run(doc): does it, with the caret where it is wanted; what was typed to find it ("/ima") is gone by then;
 * - isActive(doc), optional: whether the caret is in one.
 */
export function registerCommand({ keywords = [], group = "insert", hint = "", icon = "plus", order = 0, ...command }) {
  const words = Array.isArray(keywords) ? keywords : keywords.split(/[\s,]+/);
  commands.set(command.name, { ...command, hint, icon, group, order, keywords: words.filter(Boolean) });
}

/** All entries: what a paragraph can be turned into, then what can be inserted, each in the order of registration. */
export function listCommands() {
  const all = [...commands.values()].sort((one, other) => one.order - other.order);
  return [...all.filter((command) => command.group === "text"), ...all.filter((command) => command.group !== "text")];
}

/** The entries that have all words of `typed` at the beginning of a word, those first whose label begins so. */
export function findCommands(typed) {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  const found = [];
  for (const command of listCommands()) {
    const own = fold([command.label, command.name, ...command.keywords].join(" "));
    if (words.every((word) => ` ${own}`.includes(` ${word}`))) {
      found.push({ command, isFirst: fold(command.label).startsWith(words.join(" ")) });
    }
  }
  return [...found.filter((one) => one.isFirst), ...found.filter((one) => !one.isFirst)].map((one) => one.command);
}

function fold(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
}
