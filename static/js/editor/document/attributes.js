// Attributes of the allow-list that no tool of the editor sets (class, lang, dir, title, cite, datetime …) are kept in
// `attributes`, a plain object, on every node and mark; the id of an element in `anchor`, because it must not be
// copied when a block is split.

/** The classes of app/html.py. */
const CLASSES = new RegExp(
  "^(align-(left|center|right|justify)|size-(small|wide|full)|language-[\\w+#.-]{1,40}" +
    "|footnote(s|s-sep|s-list|-ref|-item|-backref)|task-(list|box)|callout(-(note|tip|important|warning|caution))?" +
    "|pullquote|verse)$",
);
const MORE = "data-more";
const SHOWN = new Set(["class", "dir", "lang"]);

/** All attributes of an element of a stored body but those named, or null. */
export function kept(element, ...but) {
  const found = {};
  for (const { name, value } of element.attributes) {
    if (!but.includes(name)) {
      found[name] = value;
    }
  }
  return Object.keys(found).length ? found : null;
}

/** What of `attributes` the editor's own page has as attributes: the rest travels in one that means nothing. */
export function shown(attributes) {
  if (!attributes) {
    return {};
  }
  const entries = Object.entries(attributes);
  const rest = entries.filter(([name]) => !SHOWN.has(name));
  const plain = Object.fromEntries(entries.filter(([name]) => SHOWN.has(name)));
  return rest.length ? { ...plain, [MORE]: JSON.stringify(Object.fromEntries(rest)) } : plain;
}

/** The `attributes` of an element that was pasted, from here or from anywhere: what the server would keep. */
export function pasted(element) {
  const found = {};
  try {
    for (const [name, value] of Object.entries(JSON.parse(element.getAttribute(MORE) ?? "{}"))) {
      if (/^[a-z]+$/.test(name) && !name.startsWith("on") && typeof value === "string") {
        found[name] = value;
      }
    }
  } catch {
    // Not from here.
  }
  for (const name of ["dir", "lang"]) {
    const value = element.getAttribute(name);
    if (value && /^[a-z0-9-]{2,20}$/i.test(value)) {
      found[name] = value;
    }
  }
  const classes = [...element.classList].filter((name) => CLASSES.test(name));
  if (classes.length) {
    found.class = classes.join(" ");
  }
  return Object.keys(found).length ? found : null;
}

/** The class attribute of some `attributes` as a list. */
export function classesOf(attributes) {
  return (attributes?.class ?? "").split(/\s+/).filter(Boolean);
}

/** `attributes` with these classes in place of its own. */
export function withClasses(attributes, classes) {
  const { class: _, ...rest } = attributes ?? {};
  const found = classes.length ? { ...rest, class: classes.join(" ") } : rest;
  return Object.keys(found).length ? found : null;
}
