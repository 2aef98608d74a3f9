// HTML as text: written as the server writes it (app/html_tree.py), read without fetching or running anything, compared.
import { BLOCKS, VOID } from "./blocks.js";

const BOOLEAN = new Set(["details open", "video controls", "audio controls"]);
const SPACE = /[ \t\n\f\r]+/g;

export function escape(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/\u00a0/g, "&nbsp;");
}

/** A start tag; attributes that are null or undefined are left out, the class comes last. */
export function startTag(name, attributes = {}) {
  const { class: classes, ...others } = attributes;
  const written = Object.entries({ ...others, class: classes })
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) =>
      BOOLEAN.has(`${name} ${key}`) ? ` ${key}` : ` ${key}="${escape(String(value)).replace(/"/g, "&quot;")}"`,
    );
  return `<${name}${written.join("")}>`;
}

/** An element around HTML. */
export function element(name, attributes, inside = "") {
  return startTag(name, attributes) + (VOID.has(name) ? "" : `${inside}</${name}>`);
}

/** What is in an element, and the element itself, as HTML. */
export function inner(node) {
  return [...node.childNodes].map(outer).join("");
}

export function outer(node) {
  if (node.nodeType === Node.TEXT_NODE) {
    return escape(node.data);
  }
  if (node.nodeType !== Node.ELEMENT_NODE) {
    return "";
  }
  const attributes = [...node.attributes]
    .map(({ name, value }) =>
      BOOLEAN.has(`${node.localName} ${name}`) ? ` ${name}` : ` ${name}="${escape(value).replace(/"/g, "&quot;")}"`,
    )
    .join("");
  return `<${node.localName}${attributes}>${VOID.has(node.localName) ? "" : `${inner(node)}</${node.localName}>`}`;
}

/** Read HTML as the inside of a <div> of a page that is shown nowhere. */
export function parse(html) {
  const box = document.implementation.createHTMLDocument("").createElement("div");
  box.innerHTML = html;
  return box;
}

export const isElement = (node) => node.nodeType === Node.ELEMENT_NODE;
export const isBlock = (node) => isElement(node) && BLOCKS.has(node.localName);
export const isBlank = (text) => /^[ \t\n\f\r]*$/.test(text);

/** Whether there is an element of BLOCKS somewhere inside. */
export function holdsBlocks(node) {
  return isElement(node) && [...node.getElementsByTagName("*")].some(isBlock);
}

/**
 * A text that is the same for two trees if and only if readers see the same: elements and attributes in order, the text
 * with white space as a browser shows it.
 */
export function canonical(node) {
  const tokens = [];
  let atStart = true; // of a line: white space is not seen there
  const boundary = () => {
    const last = tokens.length - 1;
    if (last >= 0 && tokens[last].endsWith(" ") && !tokens[last].startsWith("<")) {
      tokens[last] = tokens[last].slice(0, -1);
    }
    atStart = true;
  };
  const walk = (child, inPre) => {
    if (child.nodeType === Node.TEXT_NODE) {
      let text = inPre ? child.data : child.data.replace(SPACE, " ");
      text = atStart && !inPre ? text.replace(/^ /, "") : text;
      if (text) {
        tokens.push(escape(text));
        atStart = !inPre && text.endsWith(" ");
      }
      return;
    }
    if (!isElement(child)) {
      tokens.push("<!>");
      return;
    }
    const name = child.localName;
    const block = BLOCKS.has(name);
    if (block) {
      boundary();
    }
    tokens.push(`<${name}${attributesAsText(child)}>`);
    if (name === "br") {
      atStart = true;
    } else if (VOID.has(name) && !block) {
      atStart = false;
    }
    child.childNodes.forEach((inside) => walk(inside, inPre || name === "pre"));
    if (block) {
      boundary();
    }
    tokens.push(`</${name}>`);
  };
  node.childNodes.forEach((child) => walk(child, false));
  boundary();
  return tokens.filter(Boolean).join("");
}

function attributesAsText(node) {
  return [...node.attributes]
    .map(({ name, value }) => `${name}="${escape(name === "class" ? value.split(SPACE).sort().join(" ") : value)}"`)
    .sort()
    .map((text) => ` ${text}`)
    .join("");
}
