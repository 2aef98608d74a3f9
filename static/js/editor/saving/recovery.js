// What the journal has beyond the server's version, after a crash or a closed tab: offered with the difference shown,
// restored or discarded by a person, never by itself.
import { areEqual, isSame, merge, spliced } from "./blocks.js";
import { button, element } from "./elements.js";
import { SAVED } from "./fields.js";
import { makeName } from "./names.js";
import { listLiving, whenGone } from "./tabs.js";
import { plainText, showWords } from "./words.js";

/** Milliseconds in which what a tab sent while it closed has arrived. */
const LAST_WORDS_TRAVEL = 1_500;

/** Offer the entries of tabs that are no more; of those that live, once they are gone and have left anything. */
export async function offerKept(desk) {
  const { journal, saver, account } = desk;
  try {
    const living = await listLiving();
    const entries = await journal.list(saver.article || "new", account);
    await offerAll(entries.filter(({ change }) => !living.has(change.tab)), desk);
    for (const { change } of entries) if (living.has(change.tab)) offerLater(change.tab, desk);
  } catch { /* a browser without a journal has nothing to offer */ }
}

async function offerLater(tab, desk) {
  await whenGone(tab);
  await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_TRAVEL));
  await desk.presence.ask();
  const entries = await desk.journal.list(desk.saver.article || "new", desk.account);
  await offerAll(entries.filter(({ change }) => change.tab === tab), desk);
}

async function offerAll(entries, { saver, keeper, place, status }) {
  let offered = 0;
  for (const entry of entries) {
    const beyond = whatIsBeyond(entry, saver);
    if (!beyond) await keeper.forget(entry.change.tab);
    else {
      place.append(offer(entry, beyond, { saver, keeper }));
      offered += 1;
    }
  }
  if (offered) status.say("Words that are not in the saved article are kept in this browser. They are offered above the text.");
}

/** What an entry has that the server has not: {blocks, conflicts, pairs, fields}; null if there is nothing. */
export function whatIsBeyond({ change, base }, saver) {
  const theirs = saver.base.blocks;
  const typed = spliced(base.blocks, change.splice), before = arrived(base.blocks, change.sent, theirs);
  const names = newNames([...before, ...typed], theirs);
  const [mine, from] = [typed, before].map((blocks) => blocks.map(([id, text]) => [names.get(id) ?? id, text]));
  const { blocks, conflicts } = merge(from, theirs, mine);
  const there = new Map(theirs), known = new Map(from);
  const pairs = [];
  for (const [id, text] of blocks) if (!isSame(there.get(id) ?? null, text)) pairs.push([there.get(id) ?? "", text]);
  const kept = new Set(blocks.map(([id]) => id));
  for (const [id, text] of theirs) if (!kept.has(id) && known.has(id)) pairs.push([text, ""]);
  const fields = SAVED.filter((name) => isBeyond(name, change, base, saver));
  if (!pairs.length && !fields.length && !conflicts.length && areOrdered(blocks, theirs)) return null;
  return { blocks, conflicts, pairs, fields };
}

/** Blocks that the server knows by another id now, as after a change by a form without scripts: the same text tells. */
function newNames(blocks, theirs) {
  const ours = new Set(blocks.map(([id]) => id)), there = new Set(theirs.map(([id]) => id));
  const free = new Map(theirs.filter(([id]) => !ours.has(id)).map(([id, text]) => [text, id]));
  const names = new Map(), taken = new Set();
  for (const [id, text] of blocks) {
    const name = free.get(text);
    if (there.has(id) || names.has(id) || !name || taken.has(name)) continue;
    names.set(id, name);
    taken.add(name);
  }
  return names;
}

function areOrdered(one, other) {
  return areEqual(one.map(([id]) => [id, ""]), other.map(([id]) => [id, ""]));
}

/** A save was on its way when the tab closed: where the server has its blocks, these are what the rest was typed upon. */
function arrived(base, sent, theirs) {
  if (!sent || sent.isNew) return base;
  const there = new Map(theirs), then = spliced(base, sent.splice);
  const known = new Map(base);
  for (const [id, text] of then) if (there.get(id) === text) known.set(id, text);
  for (const [id] of base) if (!then.some(([one]) => one === id) && !there.has(id)) known.delete(id);
  const ids = [...then.map(([id]) => id), ...base.map(([id]) => id)].filter((id, index, all) => known.has(id) && all.indexOf(id) === index);
  return ids.map((id) => [id, known.get(id)]);
}

function isBeyond(name, change, base, saver) {
  const mine = change.fields[name];
  return mine !== undefined && mine !== base.fields[name] && mine !== saver.shown[name] && mine !== saver.base.fields[name];
}

function offer(entry, beyond, { saver, keeper }) {
  const { change } = entry;
  const heading = `kept-${change.tab}`;
  const panel = element("section", { className: "saving-kept notice is-warn", "aria-labelledby": heading, dataset: { kept: change.tab } });
  const words = element("div", { className: "saving-differences", tabindex: "0", role: "group", "aria-label": "What differs" });
  for (const name of beyond.fields) words.append(element("h3", {}, saver.fields.label(name)), showWords(saver.shown[name] || "", change.fields[name]));
  if (beyond.fields.length && beyond.pairs.length) words.append(element("h3", {}, "Text"));
  for (const [before, after] of beyond.pairs) words.append(showPair(before, after));
  const actions = element("div", { className: "row" });
  const done = () => { panel.remove(); };
  const restore = button("Restore", async () => {
    done();
    saver.status.show("waiting"); // what is brought back is not saved yet, whatever was before
    await bringBack(entry, saver);
  }, "is-primary");
  const discard = button("Discard", () => {
    const sure = button("Discard these words for good", async () => { await keeper.forget(change.tab); done(); }, "is-danger");
    actions.replaceChildren(sure, button("Keep them for now", () => actions.replaceChildren(restore, discard)));
    sure.focus();
  });
  actions.append(restore, discard);
  panel.append(
    element("h2", { id: heading }, "These words are kept in this browser, and not in the saved article"),
    element("p", {}, `Written ${moment(change.at)}. Restoring them makes a new version; the present one stays among the earlier versions.`),
    words, actions,
  );
  return panel;
}

function showPair(before, after) {
  const [was, now] = [plainText(before), plainText(after)];
  return was === now ? element("p", { className: "saving-words" }, element("em", {}, "Only formatting differs: "), now) : showWords(was, now);
}

/** Put kept words into the editor, and save them as a version. */
async function bringBack(entry, saver) {
  const { change, base } = entry;
  if (saver.article) await saver.save(); // what is being written here first: it is one side of the merge then
  const now = whatIsBeyond(entry, saver);
  if (!now) {
    await saver.keeper.forget(change.tab);
    return;
  }
  const all = saver.article ? now.blocks : spliced(base.blocks, change.splice);
  // A new article that was on its way when the tab closed may have been made: the same save again finds it.
  if (change.sent?.isNew && !saver.article && !saver.sending) saver.sending = { ...change.sent, blocks: spliced(base.blocks, change.sent.splice), restoring: [] };
  saver.doc.applyBlocks(withTyped(saver, all));
  for (const name of now.fields) {
    if (saver.fields.get(name) === saver.shown[name]) saver.fields.set(name, change.fields[name]);
  }
  for (const { id, mine, theirs } of now.conflicts) saver.conflict(id, { mine, theirs, by: "", from: { version: base.version, blocks: base.blocks } });
  saver.restoring.push(change.tab);
  saver.changed();
  await saver.save({ manual: true });
}

/** What could not be saved just now stays; of a paragraph that was also kept, both are in the text. */
function withTyped(saver, kept) {
  const typed = saver.doc.blocks();
  if (areEqual(typed, saver.base.blocks)) return kept;
  const { blocks, conflicts } = merge(saver.base.blocks, kept, typed);
  const twice = new Map(conflicts.filter(({ mine, theirs }) => mine !== null && theirs !== null).map(({ id, theirs }) => [id, theirs]));
  return blocks.flatMap((block) => (twice.has(block[0]) ? [block, [makeName(), twice.get(block[0])]] : [block]));
}

function moment(at) {
  return new Date(at).toLocaleString(document.documentElement.lang || undefined, { dateStyle: "medium", timeStyle: "short" });
}
