// Taking over what the server has, while typing goes on: what was typed since stays on top of it.
import { areEqual, merge } from "./blocks.js";
import { plainText } from "./words.js";

/** `answer` came upon `sent`, {blocks, fields}: what the editor had when it asked. */
export function adopt(saver, answer, sent) {
  const blocks = answer.blocks || sent.blocks;
  const from = { version: saver.base.version, blocks: saver.base.blocks };
  const mine = saver.doc.blocks();
  const merged = merge(sent.blocks, blocks, mine, heldBlocks(saver, answer, blocks));
  takeVersion(saver, answer, blocks, sent);
  if (!areEqual(merged.blocks, mine)) saver.doc.applyBlocks(merged.blocks);
  const others = answer.merged_with || [], by = others.join(", ");
  for (const one of answer.conflicts || []) saver.conflict(one.id, { ...one, from });
  const before = new Map(sent.blocks);
  for (const one of merged.conflicts) if (isTheirs(one, before.get(one.id), answer)) saver.conflict(one.id, { by, from, ...one });
  adoptFields(saver, answer, sent, by);
  for (const one of answer.field_conflicts || []) saver.fieldConflict(one);
}

/** Blocks that stay in the editor as they are: a choice is open about them, and theirs has not changed since. */
function heldBlocks(saver, answer, blocks) {
  const now = new Map(blocks);
  const open = [...saver.conflicts.values()].filter(({ id, theirs }) => id !== undefined && (now.get(id) ?? null) === theirs);
  return new Set([...open, ...(answer.conflicts || [])].map(({ id }) => id));
}

/** Whether somebody wrote, and the server has not only tidied what was sent: then what is typed on is simply newer. */
function isTheirs({ theirs }, was, { merged_with: others = [], isPresence, removed }) {
  if (others.length || isPresence) return true;
  return !removed?.length && (theirs === null || plainText(theirs) !== plainText(was ?? ""));
}

function takeVersion(saver, answer, blocks, sent) {
  const version = answer.version ?? saver.base.version;
  saver.base = { version, blocks, fields: { ...saver.base.fields, ...sent.fields } };
  Object.assign(saver.shown, sent.fields);
  saver.form.dataset.version = version;
  const field = saver.form.elements.namedItem("version");
  if (field) field.value = version;
}

function adoptFields(saver, answer, sent, by) {
  const open = new Set((answer.field_conflicts || []).map(({ name }) => name));
  for (const [name, given] of Object.entries(answer.fields || {})) {
    if (!saver.fields.control(name)) continue;
    const value = typeof given === "boolean" ? (given ? "1" : "") : String(given ?? "");
    const now = saver.fields.get(name), isUntouched = now === saver.shown[name];
    saver.base.fields[name] = value;
    if (name in sent.fields && !open.has(name)) {
      if (isUntouched) showTidied(saver, name, value);
      continue;
    }
    saver.shown[name] = value;
    if (open.has(name)) continue;
    if (isUntouched) saver.fields.set(name, value);
    else if (now !== value) saver.fieldConflict({ name, mine: now, theirs: value, by });
  }
}

/** The server trimmed what was typed: shown once the field is left, for a space may be the beginning of a word. */
function showTidied(saver, name, value) {
  if (name === "title" && !saver.fields.get(name).trim()) return;
  const show = () => {
    if (saver.fields.get(name) !== saver.shown[name]) return;
    saver.fields.set(name, value);
    saver.shown[name] = value;
  };
  if (saver.fields.hasFocus(name)) saver.fields.control(name).addEventListener("blur", show, { once: true });
  else show();
}
