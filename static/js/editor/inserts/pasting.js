// What comes from Word, Google Docs and web pages, made plain: paragraphs, headings, lists, links, tables and pictures
// stay, the clothes they came in go. HTML in, HTML out; read with DOMParser, so nothing in it runs or is fetched.
import { wordComments, wordLists, wordParagraphs } from "./pasting_word.js";

const GONE =
  "style, script, noscript, template, meta, link, title, base, xml, iframe, object, embed, applet, svg, math, canvas," +
  " button, input, select, textarea, datalist, progress, meter, map, area, dialog, audio, video, [hidden]";
const BLOCKS = new Set(
  (
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre hr table thead tbody tfoot tr th td caption figure figcaption dl dt dd" +
    " details summary"
  ).split(" "),
);
const INLINE = new Set(
  "a abbr b br cite code del em i img ins kbd mark q s samp small strong sub sup time u var".split(" "),
);
const HOLDS_WORDS = "p, h1, h2, h3, h4, h5, h6, figcaption, caption, li, td, th, dt, dd, blockquote, summary";
const ATTRIBUTES = {
  a: ["href"], abbr: ["title"], code: ["class"], img: ["alt", "src", "width", "height"], li: ["value"],
  ol: ["reversed", "start", "type"], td: ["colspan", "rowspan"], th: ["colspan", "rowspan", "scope"],
  time: ["datetime"], details: ["open"],
};
const RENAMED = { b: "strong", i: "em", strike: "s", center: "p", tt: "code", h1: "h2" };

/**
 * Pasted HTML as an editor would have written it. `pictures` are data: URLs for pictures whose address says nothing
 * here (Word's file:///…), in their order.
 */
export function cleanPasted(html, pictures = []) {
  const source = new DOMParser().parseFromString(html, "text/html");
  if (source.querySelector("[data-pm-slice]")) {
    return html; // our own: copied in an editor like this one
  }
  const body = source.body;
  dropComments(body);
  body.querySelectorAll(GONE).forEach((element) => element.remove());
  wordComments(body);
  wordParagraphs(body);
  wordLists(body);
  nestLists(body);
  body.querySelectorAll("*").forEach(dress);
  placePictures(body, [...pictures]);
  levelHeadings(body);
  body.querySelectorAll("table").forEach(plainTable);
  blocksOf(body);
  [...body.querySelectorAll("*")].reverse().forEach(undress);
  splitParagraphs(body);
  dropEmpty(body);
  return body.innerHTML.trim();
}

/** Text without markup as HTML: blank lines part paragraphs; where there are none, each line is one. */
export function paragraphsOf(text) {
  const lines = text.replace(/\r\n?/g, "\n").replace(/^\n+|\n+$/g, "");
  const hasBlank = /\n[ \t]*\n/.test(lines);
  return lines
    .split(hasBlank ? /\n(?:[ \t]*\n)+/ : "\n")
    .filter((paragraph) => paragraph.trim())
    .map((paragraph) => paragraph.split("\n"));
}

function dropComments(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) {
    found.push(walker.currentNode);
  }
  found.forEach((comment) => comment.remove());
}

/** Lists directly in lists belong to the item before them. */
function nestLists(body) {
  for (const list of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) {
    const item = list.previousElementSibling;
    if (item?.tagName === "LI") {
      item.append(list);
    }
  }
}

/** What a style says becomes the element that means it. */
function dress(element) {
  const style = element.getAttribute("style") || "";
  if (!style || /^(B|STRONG|H[1-6])$/.test(element.tagName)) {
    // Google Docs wraps everything in a <b> that is not bold.
    if (/font-weight:\s*(normal|400)/.test(style) && /^(B|STRONG)$/.test(element.tagName)) {
      unwrap(element);
    }
    return;
  }
  if (element.tagName === "I" || element.tagName === "EM") {
    return void (/font-style:\s*normal/.test(style) && unwrap(element));
  }
  if (!/^(SPAN|FONT|A)$/.test(element.tagName) || element.closest("h1, h2, h3, h4, h5, h6, pre")) {
    return;
  }
  const wanted = [];
  if (/font-weight:\s*(bold|[6-9]00)/.test(style)) wanted.push("strong");
  if (/font-style:\s*italic/.test(style)) wanted.push("em");
  if (/text-decoration[^;]*line-through/.test(style)) wanted.push("s");
  if (/text-decoration[^;]*underline/.test(style) && !element.closest("a") && !element.querySelector("a")) {
    wanted.push("u");
  }
  if (/vertical-align:\s*super/.test(style)) wanted.push("sup");
  if (/vertical-align:\s*sub\b/.test(style)) wanted.push("sub");
  if (/font-family:[^;]*(courier|consolas|monospace|roboto mono)/i.test(style)) wanted.push("code");
  for (const name of wanted) {
    const inside = element.ownerDocument.createElement(name);
    inside.append(...element.childNodes);
    element.append(inside);
  }
}

function placePictures(body, pictures) {
  for (const image of body.querySelectorAll("img")) {
    const address = image.getAttribute("src") || image.getAttribute("data-src") || "";
    if (/^(file|cid|blob|webkit-fake-url|about):|^$/i.test(address)) {
      const picture = pictures.shift();
      if (picture) {
        image.setAttribute("src", picture);
      } else {
        image.remove();
      }
    } else if (image.getAttribute("width") === "1" || image.getAttribute("height") === "1") {
      image.remove(); // somebody's counter
    } else if (!/^(https?:|data:image\/|\/(?!\/))/i.test(address)) {
      image.remove();
    } else {
      image.setAttribute("src", address);
    }
  }
}

/** The title is the page's h1, so what is pasted begins a level lower if it has one. */
function levelHeadings(body) {
  const lower = body.querySelector("h1") ? 1 : 0;
  for (const heading of [...body.querySelectorAll("h1, h2, h3, h4, h5, h6")]) {
    const level = Math.min(6, Number(heading.tagName[1]) + lower);
    if (level !== Number(heading.tagName[1])) {
      rename(heading, `h${level}`);
    }
    heading.querySelectorAll("b, strong").forEach(unwrap);
  }
}

/** Tables that only place things are none. */
function plainTable(table) {
  const cells = table.querySelectorAll("td, th");
  if (table.getAttribute("role") === "presentation" || cells.length < 2 || table.querySelector("table")) {
    const held = [...cells].filter((cell) => cell.closest("table") === table);
    const parts = held.map((cell) => {
      const part = table.ownerDocument.createElement("div");
      part.append(...cell.childNodes);
      return part;
    });
    table.replaceWith(...parts);
  }
}

const isBlock = (node) =>
  node.nodeType === Node.ELEMENT_NODE &&
  (BLOCKS.has(node.localName) || [...node.children].some((child) => isBlock(child)));

/** Containers that mean nothing are paragraphs, or nothing at all where they hold some. */
function blocksOf(body) {
  const known = (element) => BLOCKS.has(element.localName) || INLINE.has(element.localName);
  const breaks =
    /^(div|section|article|header|footer|main|aside|address|nav|center|form|fieldset|hgroup|body|search)$/;
  for (const element of [...body.querySelectorAll("*")].reverse()) {
    if (known(element)) {
      continue;
    }
    if (!breaks.test(element.localName)) {
      unwrap(element);
    } else if ([...element.children].some(isBlock) || element.closest("p, h1, h2, h3, h4, h5, h6, pre")) {
      wrapRuns(element);
      unwrap(element);
    } else {
      rename(element, "p");
    }
  }
  wrapRuns(body);
}

/** Words between blocks are paragraphs; a few words alone stay inline. */
function wrapRuns(parent) {
  if (![...parent.children].some(isBlock) || /^(p|h[1-6]|pre|ul|ol|tr|table|tbody)$/.test(parent.localName)) {
    return;
  }
  let run = null;
  for (const node of [...parent.childNodes]) {
    if (isBlock(node)) {
      run = null;
    } else if (run || node.nodeType === Node.ELEMENT_NODE || node.textContent.trim()) {
      if (!run) {
        run = parent.ownerDocument.createElement("p");
        node.before(run);
      }
      run.append(node);
    }
  }
}

/** Only the attributes that mean something stay. */
function undress(element) {
  const name = RENAMED[element.localName];
  const kept = name && name !== "h2" ? rename(element, name) : element;
  const allowed = ATTRIBUTES[kept.localName] || [];
  for (const { name: attribute } of [...kept.attributes]) {
    if (!allowed.includes(attribute)) {
      kept.removeAttribute(attribute);
    }
  }
  if (kept.localName === "a") {
    plainLink(kept);
  } else if (kept.localName === "code") {
    const language = /\blang(?:uage)?-([\w+#.-]{1,40})/.exec(kept.className);
    kept.removeAttribute("class");
    if (language && kept.parentElement?.localName === "pre") {
      kept.className = `language-${language[1].toLowerCase()}`;
    }
  } else if (kept.localName === "pre" && !kept.querySelector("code")) {
    const code = kept.ownerDocument.createElement("code");
    code.append(...kept.childNodes);
    kept.append(code);
  }
}

function plainLink(link) {
  let address = link.getAttribute("href") || "";
  try {
    const parts = new URL(address);
    if (/(^|\.)google\.[a-z.]+$/.test(parts.hostname) && parts.pathname === "/url") {
      address = parts.searchParams.get("q") || parts.searchParams.get("url") || address;
    }
  } catch {
    // relative addresses lead nowhere here, but for those from the root of this site
  }
  if (/^(https?:|mailto:|tel:|\/(?!\/)|#fn)/i.test(address)) {
    link.setAttribute("href", address);
  } else {
    unwrap(link);
  }
}

/** Two line breaks in a row were meant as a paragraph; one at the end is nothing. */
function splitParagraphs(body) {
  for (const paragraph of [...body.querySelectorAll("p")]) {
    const parts = [[]];
    let breaks = 0;
    for (const node of [...paragraph.childNodes]) {
      if (node.nodeName === "BR") {
        breaks += 1;
        parts.at(-1).push(node);
      } else if (breaks && node.nodeType === Node.TEXT_NODE && !node.textContent.trim()) {
        parts.at(-1).push(node);
      } else {
        if (breaks > 1) {
          parts.push([]);
        }
        breaks = 0;
        parts.at(-1).push(node);
      }
    }
    const made = parts.map((nodes) => {
      const part = body.ownerDocument.createElement("p");
      part.append(...nodes);
      while (part.lastChild && (part.lastChild.nodeName === "BR" || isBlankText(part.lastChild))) {
        part.lastChild.remove();
      }
      while (part.firstChild && (part.firstChild.nodeName === "BR" || isBlankText(part.firstChild))) {
        part.firstChild.remove();
      }
      return part;
    });
    paragraph.replaceWith(...made);
  }
}

const isBlankText = (node) => node.nodeType === Node.TEXT_NODE && !/[^\s\u00a0\u200b\ufeff]/.test(node.textContent);

function dropEmpty(body) {
  const says = (element) =>
    /[^\s\u00a0\u200b\ufeff]/.test(element.textContent) || element.querySelector("img, hr") !== null;
  for (const element of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, blockquote, pre, ul, ol, li, figure, table")].reverse()) {
    if (!says(element)) {
      element.remove();
    }
  }
  for (const element of [...body.querySelectorAll("strong, em, s, u, sub, sup, a, code, small, mark")].reverse()) {
    if (!element.textContent && !element.querySelector("img, br")) {
      element.remove();
    }
  }
  body.querySelectorAll(":scope > br").forEach((lineBreak) => lineBreak.remove());
  // A single paragraph in a cell or an item of a list is plain text of it.
  for (const holder of body.querySelectorAll(HOLDS_WORDS)) {
    for (const node of [holder.firstChild, holder.lastChild]) {
      if (node?.nodeName === "BR") {
        node.remove();
      }
    }
  }
}

function rename(element, name) {
  const made = element.ownerDocument.createElement(name);
  for (const { name: attribute, value } of [...element.attributes]) {
    made.setAttribute(attribute, value);
  }
  made.append(...element.childNodes);
  element.replaceWith(made);
  return made;
}

function unwrap(element) {
  element.replaceWith(...element.childNodes);
}
