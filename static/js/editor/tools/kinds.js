// What a paragraph can be turned into, and the marks of words: one list for toolbar, menus and shortcuts.
import { registerCommand } from "./registry.js";

/** Kinds of text: `is(editor)` whether the caret is in one, `make(editor)` turns the blocks selected into it. */
export const KINDS = [
  {
    name: "paragraph", label: "Text", hint: "Plain paragraph", icon: "text", shortcut: "Mod-Alt-0", keywords: "paragraph body plain",
    is: (editor) => editor.isActive("paragraph"),
    make: (editor) => editor.chain().focus().setParagraph().run(),
  },
  ...[
    [2, "Heading", "Begins a section", "heading title section h2"],
    [3, "Subheading", "Within a section", "heading section h3"],
    [4, "Small heading", "Within a subsection", "heading section h4"],
  ].map(([level, label, hint, keywords]) => ({
    name: `heading${level}`, label, hint, icon: `heading${level}`, shortcut: `Mod-Alt-${level}`, keywords,
    is: (editor) => editor.isActive("heading", { level }),
    make: (editor) => editor.chain().focus().setNode("heading", { level }).run(),
  })),
];

/** Blocks around or instead of text. */
export const BLOCKS = [
  {
    name: "bullets", label: "Bulleted list", hint: "Points in any order", icon: "bullets", shortcut: "Mod-Shift-8", keywords: "list points ul unordered",
    is: (editor) => editor.isActive("bulletList"),
    make: (editor) => editor.chain().focus().toggleBulletList().run(),
  },
  {
    name: "numbers", label: "Numbered list", hint: "Steps in their order", icon: "numbers", shortcut: "Mod-Shift-7", keywords: "list steps ol ordered",
    is: (editor) => editor.isActive("orderedList"),
    make: (editor) => editor.chain().focus().toggleOrderedList().run(),
  },
  {
    name: "quote", label: "Quote", hint: "Somebody else’s words", icon: "quote", shortcut: "Mod-Shift-b", keywords: "blockquote citation",
    is: (editor) => editor.isActive("blockquote"),
    make: (editor) => editor.chain().focus().toggleBlockquote().run(),
  },
  {
    name: "codeblock", label: "Code block", hint: "Lines of a program", icon: "codeblock", shortcut: "Mod-Alt-c", keywords: "code pre program listing",
    is: (editor) => editor.isActive("codeBlock"),
    make: (editor) => editor.chain().focus().toggleCodeBlock().run(),
  },
  {
    name: "divider", label: "Divider", hint: "A break between parts", icon: "divider", keywords: "line rule hr separator break",
    make: (editor) => editor.chain().focus().setHorizontalRule().run(),
  },
];

/** What words can be. `name` is the mark's. */
export const MARKS = [
  { name: "bold", label: "Bold", icon: "bold", shortcut: "Mod-b" },
  { name: "italic", label: "Italic", icon: "italic", shortcut: "Mod-i" },
  { name: "code", label: "Code", icon: "code", shortcut: "Mod-e" },
];
export const RARER_MARKS = [
  { name: "underline", label: "Underline", icon: "underline", shortcut: "Mod-u" },
  { name: "strike", label: "Strikethrough", icon: "strike", shortcut: "Mod-Shift-s" },
  { name: "highlight", label: "Highlight", icon: "highlight", shortcut: "Mod-Shift-h" },
  { name: "superscript", label: "Superscript", icon: "superscript", shortcut: "Mod-." },
  { name: "subscript", label: "Subscript", icon: "subscript", shortcut: "Mod-," },
];

/** Put these marks on what is selected, or take them off. */
export function toggleMark(editor, name) {
  return editor.chain().focus().toggleMark(name).run();
}

/** Whether the document has the node or mark at all. */
export function knows(editor, name) {
  return Boolean(editor.schema.marks[name] ?? editor.schema.nodes[name]);
}

/** The kind of text at the caret, or what else it stands in. */
export function kindAt(editor) {
  return KINDS.find((kind) => kind.is(editor)) ?? null;
}

/** Put the kinds into the slash menu and the insert menu. */
export function registerKinds() {
  for (const { make, is, ...kind } of [...KINDS, ...BLOCKS]) {
    const isText = kind.name !== "divider";
    registerCommand({ ...kind, group: isText ? "text" : "insert", order: isText ? 0 : 1, run: (doc) => make(doc.editor), isActive: is && ((doc) => is(doc.editor)) });
  }
}
