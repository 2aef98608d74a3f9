// What a document is made of. Every node and mark keeps what app/html.py allows.
import { Blockquote } from "@tiptap/extension-blockquote";
import { Bold } from "@tiptap/extension-bold";
import { Code } from "@tiptap/extension-code";
import { CodeBlock } from "@tiptap/extension-code-block";
import { Document } from "@tiptap/extension-document";
import { HardBreak } from "@tiptap/extension-hard-break";
import { Heading } from "@tiptap/extension-heading";
import { Highlight } from "@tiptap/extension-highlight";
import { HorizontalRule } from "@tiptap/extension-horizontal-rule";
import { Italic } from "@tiptap/extension-italic";
import { Link } from "@tiptap/extension-link";
import { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
import { Paragraph } from "@tiptap/extension-paragraph";
import { Strike } from "@tiptap/extension-strike";
import { Subscript } from "@tiptap/extension-subscript";
import { Superscript } from "@tiptap/extension-superscript";
import { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
import { Text } from "@tiptap/extension-text";
import { Underline } from "@tiptap/extension-underline";
import { Dropcursor, Gapcursor, UndoRedo } from "@tiptap/extensions";

/** All extensions of the document itself. */
export function schema() {
  return [
    Document, Text, Paragraph, Heading, HardBreak, HorizontalRule, Blockquote, CodeBlock, BulletList, OrderedList,
    ListItem, ListKeymap, Table, TableRow, TableCell, TableHeader, Bold, Italic, Strike, Underline, Code, Subscript,
    Superscript, Highlight, Link.configure({ openOnClick: false, autolink: false }), UndoRedo, Dropcursor, Gapcursor,
  ];
}
