// On the list of articles and the front page: a new article that was never saved and is kept in this browser is told of,
// with the way to it. Where there is none, as nearly always, nothing is shown.
import { spliced } from "./editor/saving/blocks.js";
import { element } from "./editor/saving/elements.js";
import { Journal } from "./editor/saving/journal.js";
import { listLiving } from "./editor/saving/tabs.js";
import { plainText } from "./editor/saving/words.js";

const MOST_WORDS = 140;

for (const place of document.querySelectorAll("[data-kept]")) {
  tell(place);
  addEventListener("pageshow", (event) => { if (event.persisted) tell(place); });
}

async function tell(place) {
  try {
    const [entries, living] = await Promise.all([new Journal().list("new", place.dataset.accountId), listLiving()]);
    const items = entries.filter(({ change }) => !living.has(change.tab)).map(listed).filter(Boolean);
    place.replaceChildren(...items.length ? [notice(items, place.dataset.kept)] : []);
  } catch { /* a browser without a journal has kept nothing */ }

  function listed({ change, base }) {
    const text = plainText(spliced(base.blocks, change.splice).map(([, html]) => html).join(" ")).replace(/\s+/g, " ");
    const title = change.title.trim();
    if (!text && !title) return null;
    const link = element("a", { href: place.dataset.kept, dir: "auto" }, title || "Untitled");
    const words = text.length > MOST_WORDS ? `${text.slice(0, MOST_WORDS)}…` : text;
    return element("li", {}, link, ` – ${moment(change.at)}`, ...words ? [element("br"), element("bdi", {}, words)] : []);
  }
}

function notice(items, address) {
  return element("section", { className: "notice is-warn stack", "aria-labelledby": "kept-heading" },
    element("h2", { id: "kept-heading" }, items.length === 1 ? "A new article that was never saved is kept in this browser" : "New articles that were never saved are kept in this browser"),
    element("ul", {}, ...items),
    element("p", {}, element("a", { href: address }, "Look at all of it"), ", and restore or discard it there."),
  );
}

function moment(at) {
  return new Date(at).toLocaleString(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" });
}
