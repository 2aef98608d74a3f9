// Word writes lists, headings and footnotes as paragraphs with a class and a style of its own: made real here.
const ORDERED = /^\s*\(?(?:[0-9]+|[a-z]|[ivxlcdm]+)[.)]/i;

/** Paragraphs that are a title, a heading or a quotation by their style. */
export function wordParagraphs(body) {
  for (const element of [...body.querySelectorAll("*")]) {
    if (element.localName.includes(":")) {
      element.replaceWith(...element.childNodes); // <o:p>, <w:sdt>
    }
  }
  for (const element of [...body.querySelectorAll("p, div[role=heading]")]) {
    const heading =
      /^MsoHeading([1-6])/.exec(element.className)?.[1] ??
      (element.getAttribute("role") === "heading" ? element.getAttribute("aria-level") : null) ??
      /mso-outline-level:\s*([1-6])/.exec(element.getAttribute("style") || "")?.[1] ??
      (/^MsoTitle/.test(element.className) ? "1" : null) ??
      (/^MsoSubtitle/.test(element.className) ? "2" : null);
    if (heading && /^[1-6]$/.test(heading)) {
      replace(element, `h${heading}`);
    } else if (/^Mso(Intense)?Quote/.test(element.className)) {
      const quotation = element.ownerDocument.createElement("blockquote");
      element.before(quotation);
      quotation.append(element);
    }
  }
}

/** Paragraphs that are items of a list become lists: Word's (mso-list) and those of Word in a browser (one list an item). */
export function wordLists(body) {
  let open = []; // lists from the outermost in
  for (const element of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6, li, table, blockquote, hr")]) {
    const item = itemOf(element);
    if (!item) {
      if (!element.closest("ul, ol")) {
        open = [];
      }
      continue;
    }
    const before = open[0];
    if (before && !follows(before, item.place)) {
      open = [];
    }
    open.length = Math.min(open.length, item.level);
    if (open.length === item.level && open.at(-1).localName !== item.kind && item.level === 1) {
      open = [];
    }
    while (open.length < item.level) {
      const list = body.ownerDocument.createElement(item.kind);
      if (!open.length) {
        item.place.before(list);
      } else {
        (open.at(-1).lastElementChild ?? open.at(-1).appendChild(body.ownerDocument.createElement("li"))).append(list);
      }
      if (item.kind === "ol" && item.start > 1 && !open.length) {
        list.setAttribute("start", item.start);
      }
      open.push(list);
    }
    const made = body.ownerDocument.createElement("li");
    made.append(...element.childNodes);
    open.at(-1).append(made);
    item.place.remove();
  }
}

/** Comments in Word's margin, and the marks that lead to them, are no text. */
export function wordComments(body) {
  const margin = "[style*='mso-element:comment'], [style*='mso-element: comment'], a[href*='#_msocom'], .MsoCommentReference";
  body.querySelectorAll(margin).forEach((mark) => mark.remove());
}

function itemOf(element) {
  const style = element.getAttribute("style") || "";
  const level = /mso-list:\s*l[0-9]+\s+level([1-9])/.exec(style)?.[1];
  if (level && element.localName !== "li") {
    const marker = [...element.querySelectorAll("span")].find((span) =>
      /mso-list:\s*ignore/i.test(span.getAttribute("style") || ""),
    );
    const sign = marker?.textContent ?? "";
    const kind = ORDERED.test(sign) ? "ol" : "ul";
    marker?.remove();
    return { level: Number(level), kind, start: parseInt(sign.replace(/\D/g, ""), 10) || 1, place: element };
  }
  const ofBrowser = element.localName === "li" ? element.getAttribute("data-aria-level") : null;
  const list = element.parentElement;
  if (ofBrowser && /^[1-9]$/.test(ofBrowser) && list && /^(ul|ol)$/.test(list.localName)) {
    // Each item has a list of its own, often within a wrapper.
    const isAlone = list.children.length === 1;
    if (!isAlone) {
      return null;
    }
    const wrapper = list.parentElement;
    const place = wrapper?.localName === "div" && wrapper.children.length === 1 ? wrapper : list;
    return { level: Number(ofBrowser), kind: list.localName, start: Number(list.getAttribute("start")) || 1, place };
  }
  return null;
}

/** Whether nothing but white space stands between a list and a place. */
function follows(list, place) {
  let node = place.previousSibling;
  while (node && node !== list && !node.textContent.trim() && !node.querySelector?.("img")) {
    node = node.previousSibling;
  }
  return node === list;
}

function replace(element, name) {
  const made = element.ownerDocument.createElement(name);
  made.append(...element.childNodes);
  element.replaceWith(made);
}

/** The pictures in a clipboard's RTF as data: URLs, in their order: Word's HTML only names files of its own machine. */
export function picturesOfRtf(rtf) {
  const found = [];
  for (const mark of rtf.matchAll(/\\(png|jpeg)blip/g)) {
    const hex = hexAfter(rtf, mark.index + mark[0].length);
    if (hex.length > 40) {
      const bytes = hex.match(/../g).map((pair) => String.fromCharCode(parseInt(pair, 16)));
      found.push(`data:image/${mark[1]};base64,${btoa(bytes.join(""))}`);
    }
  }
  return found;
}

/** The hexadecimal digits up to the end of the group, without groups and words within it. */
function hexAfter(rtf, start) {
  const digits = [];
  let depth = 0;
  for (let at = start; at < rtf.length; at += 1) {
    const character = rtf[at];
    if (character === "{") {
      depth += 1;
    } else if (character === "}") {
      depth -= 1;
      if (depth < 0) {
        break;
      }
    } else if (character === "\\") {
      const word = /^\\[a-z]+-?[0-9]* ?/.exec(rtf.slice(at, at + 40));
      at += word ? word[0].length - 1 : 1;
    } else if (depth === 0 && /[0-9a-f]/i.test(character)) {
      digits.push(character);
    }
  }
  return digits.join("");
}
