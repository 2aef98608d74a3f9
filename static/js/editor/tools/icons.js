// The pictures of buttons and menus: path data in a square of 24, drawn as lines.
const ICONS = {
  plus: "M12 5v14M5 12h14",
  more: "M4.5 11.5h1v1h-1zM11.5 11.5h1v1h-1zM18.5 11.5h1v1h-1z",
  down: "M7 10l5 5 5-5",
  text: "M12 4v16M17 4H9.5a4.5 4.5 0 0 0 0 9H12M16 4v16",
  heading: "M6 5v14M18 5v14M6 12h12",
  heading2: "M4 6v12M12 6v12M4 12h8M16 11c.3-1.3 1.3-2 2.5-2 1.4 0 2.5.9 2.5 2.3 0 2.6-5 3.7-5 6.7h5",
  heading3: "M4 6v12M12 6v12M4 12h8M16.5 9.5c.6-.4 1.2-.5 1.8-.5 1.5 0 2.5.9 2.5 2.2 0 1.4-1.1 2.1-2.3 2.1 1.5 0 2.5.9 2.5 2.4S19.9 18 18.3 18c-.8 0-1.5-.2-2.1-.6",
  heading4: "M4 6v12M12 6v12M4 12h8M20 18V9l-4.5 6H21.5",
  bold: "M7 5h6a3.5 3.5 0 0 1 0 7H7zM7 12h7a3.5 3.5 0 0 1 0 7H7z",
  italic: "M10 5h8M6 19h8M14.5 5l-5 14",
  underline: "M7 4v7a5 5 0 0 0 10 0V4M5 20h14",
  strike: "M4 12h16M16.5 7.5C16 6 14.3 5 12 5 9.5 5 7.7 6.2 7.7 8.2c0 1.3.7 2.2 1.8 2.8M7.3 16c.4 1.8 2.2 3 4.7 3 2.7 0 4.5-1.2 4.5-3.3 0-.6-.1-1.1-.4-1.5",
  highlight: "M4 20h7M14.5 4.5l5 5-8 8H7.5l-1-1v-4z",
  superscript: "M4 7l8 11M12 7L4 18M16 5.5c.2-1 .9-1.5 1.8-1.5 1 0 1.8.6 1.8 1.6 0 1.7-3.5 2.4-3.5 4.4H20",
  subscript: "M4 5l8 11M12 5L4 16M16 15.5c.2-1 .9-1.5 1.8-1.5 1 0 1.8.6 1.8 1.6 0 1.7-3.5 2.4-3.5 4.4H20",
  clear: "M5 5h13M11.5 5L9 19M6 19h5M15 14l5 5M20 14l-5 5",
  code: "M9 7l-5 5 5 5M15 7l5 5-5 5",
  codeblock: "M5 4h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1zM9.5 9.5L7 12l2.5 2.5M14.5 9.5L17 12l-2.5 2.5",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  unlink: "M13 5.3A4 4 0 0 1 18.7 11l-1.5 1.5M11 18.7A4 4 0 0 1 5.3 13l1.5-1.5M4 4l16 16",
  open: "M13 5h6v6M19 5l-8 8M10 6H6a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-4",
  edit: "M5 19l.8-3.8L16 5a2 2 0 0 1 2.9 2.9L8.7 18.2z",
  bullets: "M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01",
  numbers: "M10 6h10M10 12h10M10 18h10M4 4.5l1.5-.5v5M4 15.5c.2-.9.8-1.3 1.4-1.3.8 0 1.3.5 1.3 1.2 0 1.3-2.7 2-2.7 3.6h2.8",
  quote: "M5 16c2 0 3.5-1.5 3.5-4V7H4.5v4.5h4M14.5 16c2 0 3.5-1.5 3.5-4V7H14v4.5h4",
  divider: "M4 12h16M9 6h6M9 18h6",
  undo: "M8 5L4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11h-4",
  redo: "M16 5l4 4-4 4M20 9H10a5.5 5.5 0 0 0 0 11h4",
  find: "M10.5 5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11zM19 19l-4.5-4.5",
  outline: "M4 6h8M8 12h12M8 18h12M4 12h.01M4 18h.01",
  full: "M5 9V5h4M15 5h4v4M19 15v4h-4M9 19H5v-4",
  leave: "M9 5v4H5M19 9h-4V5M15 19v-4h4M5 15h4v4",
  help: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM9.7 9.5c.2-1.2 1.2-2 2.4-2 1.3 0 2.3.9 2.3 2.1 0 1.7-2.4 1.9-2.4 3.7M12 16.5h.01",
  up: "M7 14l5-5 5 5",
  close: "M6 6l12 12M18 6L6 18",
  warning: "M12 4l9 16H3zM12 10v4M12 17h.01",
  article: "M6 4h9l4 4v12H6zM14 4v5h5M9 13h6M9 16.5h6",
  globe: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM4 12h16M12 4c2.5 2.2 3.5 5 3.5 8S14.5 17.8 12 20c-2.5-2.2-3.5-5-3.5-8S9.5 6.2 12 4z",
  image: "M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM4 16l4.5-4.5 4 4L15 13l5 5M15.5 8.5h.01",
  table: "M5 5h14a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM4 10h16M4 14.5h16M12 10v9",
  footnote: "M4 18V8M4 8h5M4 13h4M14 6.5l1.5-1V12M13 18h7M13 15h7",
  callout: "M5 5h14a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-7l-4 4v-4H5a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM12 8v3M12 13h.01",
  embed: "M5 6h14a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1zM4 12h9M13 6v12",
  html: "M8 8l-4 4 4 4M16 8l4 4-4 4M13.5 6l-3 12",
  file: "M6 4h9l4 4v12H6zM14 4v5h5",
};

/** The picture of this name, or drawn from path data. It says nothing: its button has a name. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const known = Object.prototype.hasOwnProperty.call(ICONS, name);
  path.setAttribute("d", known ? ICONS[name] : /^\s*[Mm][\d\s.,-]/.test(name) ? name : ICONS.plus);
  for (const [attribute, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", "editor-icon"]]) {
    svg.setAttribute(attribute, value);
  }
  svg.append(path);
  return svg;
}
