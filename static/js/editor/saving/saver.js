// Saving: the one place that knows what the server has, what is typed beyond it, and what is on its way.
//
// base     what the server has, as far as we know: {version, blocks, fields}. What a control showed when the server's
//          value was base.fields[name] is in `shown`: the two differ where the server tidied what was typed.
// sending  a save on its way: sent again with the same id until the server answers it.
import { adopt } from "./adopting.js";
import { areEqual, filled, isNothing, spliceBetween } from "./blocks.js";
import { BY_HAND, WHEN_LEFT } from "./fields.js";
import { makeName } from "./names.js";

const PAUSE = 700;
const LONGEST = 9_000;
const LONGEST_WAIT = 30_000;
const MOST_FOR_JOURNAL = 1_500;
const COMPOSED = 60;

export class Saver {
  constructor({ doc, form, fields, server, keeper, status, tab }) {
    Object.assign(this, { doc, form, fields, server, keeper, status, tab });
    this.article = form.dataset.articleId || "";
    this.base = { version: Number(form.dataset.version) || null, blocks: doc.blocks(), fields: fields.values() };
    this.shown = { ...this.base.fields };
    // The page of a refused form shows what was typed, which is no version of the server's.
    this.sendsAll = this.article !== "" && this.base.blocks.length > 0 && JSON.parse(form.dataset.blockIds || "[]").length === 0;
    this.conflicts = new Map();
    this.refused = new Map();
    this.number = 0;
    this.savedNumber = 0;
    this.sending = null;
    this.restoring = [];
    this.failures = 0;
    this.trouble = "";
    this.listeners = {};
  }

  on(event, listener) {
    (this.listeners[event] ||= []).push(listener);
  }

  tell(event, ...said) {
    for (const listener of this.listeners[event] || []) listener(...said);
  }

  get address() {
    return this.article ? `/admin/articles/${this.article}` : "/admin/articles";
  }

  get isDirty() {
    return this.number > this.savedNumber || this.sending !== null;
  }

  /** The writer changed something: into the journal soon, to the server after a pause. `isTyping`: the field is not left yet. */
  changed({ isTyping = false } = {}) {
    this.number += 1;
    this.keeper.soon();
    this.tell("changed");
    if (this.trouble !== "" && this.trouble !== "refused" && this.trouble !== "too-large") return;
    this.trouble = "";
    this.status.show("waiting");
    if (isTyping) return;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), PAUSE);
    this.longest ||= setTimeout(() => this.save(), LONGEST);
  }

  /**
   * Save what there is. Resolves once all of it is on the server (true), or once it is known that it cannot be there
   * now (false): it stays in the journal, and is tried again. One save at a time.
   */
  async save({ manual = false } = {}) {
    this.manual ||= manual;
    this.again = true;
    this.running ||= this.#run().finally(() => { this.running = null; });
    return this.running;
  }

  async #run() {
    let isDone = true;
    while (this.again && isDone) {
      this.again = false;
      isDone = await this.#once();
    }
    this.again = false;
    return isDone;
  }

  async #once() {
    for (const timer of ["pause", "longest", "retry"]) {
      clearTimeout(this[timer]);
      this[timer] = null;
    }
    this.sending ||= this.gather();
    if (!this.sending) {
      await this.#nothingToSend();
      return true;
    }
    const { sending } = this;
    await Promise.race([this.keeper.now(), new Promise((resolve) => setTimeout(resolve, MOST_FOR_JOURNAL))]);
    this.status.show("saving");
    const answer = await this.server.post(this.address, sending.params);
    if (answer.blocks) await this.#composed();
    return this.#take(answer, sending);
  }

  /** A character that is being composed (input methods) is not disturbed: what came from the server waits until it stands. */
  async #composed() {
    for (let rest = this.doc.isComposing ? 2 : 0; rest > 0; rest = this.doc.isComposing ? 2 : rest - 1) {
      await new Promise((resolve) => setTimeout(resolve, COMPOSED));
    }
  }

  /** All that the server does not have, as a save; null if there is nothing. */
  gather() {
    const { manual } = this;
    const params = new URLSearchParams(), blocks = this.blocksForServer(), fields = {};
    for (const name of this.changedFields({ manual })) fields[name] = this.fields.get(name);
    const isEmpty = this.#gatherText(params, blocks, "body_format" in fields) && !Object.keys(fields).length;
    if (isEmpty && !(manual && this.article)) return null;
    if (!this.article) for (const name of ["title", "body_format"]) fields[name] = this.fields.get(name);
    for (const [name, value] of Object.entries(fields)) params.set(name, value);
    if (fields.slug !== undefined && this.fields.control("take_over")?.checked) params.set("take_over", "1");
    if (this.article) params.set("version", String(this.base.version));
    if (!manual) params.set("automatic", "1");
    const id = makeName(24);
    params.set("save_id", id);
    params.set("tab", this.tab);
    this.manual = false;
    return { id, params: params.toString(), blocks, fields, number: this.number, manual, isNew: !this.article, restoring: [...this.restoring] };
  }

  /** The text, or what changed of it, into the save; whether there is nothing of it to save. */
  #gatherText(params, blocks, isOtherFormat) {
    const splice = spliceBetween(this.base.blocks, blocks);
    const isNew = !this.article;
    if (this.conflicts.has("field:body")) return true;
    if (isNew || isOtherFormat || this.sendsAll || (!isNothing(splice) && this.doc.isPlain)) {
      params.set("body", textOf(blocks));
      if (!this.doc.isPlain) params.set("block_ids", JSON.stringify(blocks.map(([id]) => id)));
      if (this.sendsBase) params.set("base", JSON.stringify(this.base.blocks));
    } else if (!isNothing(splice)) params.set("body_splice", JSON.stringify(splice));
    return isNew ? isBlank(blocks) : !isOtherFormat && !this.sendsAll && isNothing(splice);
  }

  /** Names of the fields to send: not those that are still being typed, refused as they are, or open as a conflict. */
  changedFields({ manual = false, all = false } = {}) {
    const now = this.fields.values();
    return Object.keys(now).filter((name) => {
      if (now[name] === this.shown[name]) return false;
      if (all) return true;
      if (this.conflicts.has(`field:${name}`) || this.refused.get(name)?.value === now[name]) return false;
      if (manual) return true;
      return !BY_HAND.includes(name) && !(WHEN_LEFT.includes(name) && this.fields.hasFocus(name));
    });
  }

  /** The blocks as they are to be stored: of a conflict that nobody has settled yet, theirs. */
  blocksForServer() {
    const open = [...this.conflicts.values()].filter((one) => one.id !== undefined);
    const mine = this.doc.blocks();
    if (!open.length) return mine;
    const texts = new Map(mine);
    for (const { id, theirs } of open) {
      if (theirs === null) texts.delete(id);
      else texts.set(id, theirs);
    }
    const frame = mine.map(([id]) => id).filter((id) => texts.has(id));
    const base = this.base.blocks.map(([id]) => id).filter((id) => texts.has(id));
    return filled(frame, base).map((id) => [id, texts.get(id)]);
  }

  /** Whether the editor has more than the server: the journal then keeps it. */
  get isAhead() {
    return this.conflicts.size > 0 || this.changedFields({ all: true }).length > 0 || !areEqual(this.doc.blocks(), this.base.blocks);
  }

  async #nothingToSend() {
    this.savedNumber = this.number;
    if (this.trouble === "unreachable" || this.trouble === "offline") this.trouble = "";
    if (this.isAhead) await this.keeper.now();
    else {
      await this.keeper.clear(this.number);
      await this.#forgetRestored(this.restoring);
    }
    this.rest();
  }

  async #forgetRestored(tabs) {
    this.restoring = this.restoring.filter((tab) => !tabs.includes(tab));
    for (const tab of tabs) await this.keeper.forget(tab);
  }

  /** Say how things stand when nothing is on its way. */
  rest(at, isManual = false) {
    for (const name of this.refused.keys()) if (this.fields.get(name) === this.shown[name]) this.#accepted(name);
    const [unsent] = this.changedFields({ all: true });
    if (this.conflicts.size) this.status.show("conflict", this.conflicts);
    else if (this.refused.size) this.status.show("refused", [...this.refused.values()][0].sentence);
    else if (this.isAhead) this.status.show("waiting", unsent ? this.fields.label(unsent) : "");
    else if (!this.article) this.status.show("new");
    else this.status.show("saved", at, isManual);
  }

  #accepted(name) {
    this.refused.delete(name);
    this.fields.tell(name, "");
  }

  async #take(answer, sending) {
    if (answer.kind === "saved") {
      this.#saved(answer, sending);
      await this.#settleJournal(answer, sending);
      return true;
    }
    if (answer.kind === "unreachable") return this.#tryLater(answer);
    this.failures = 0;
    if (answer.kind === "refused") return this.#refused(answer, sending);
    if (answer.kind === "send-all") return this.#sendAll(sending);
    this.trouble = answer.kind;
    await this.keeper.now();
    this.status.show(answer.kind);
    this.tell(answer.kind, answer);
    return false;
  }

  #saved(answer, sending) {
    this.failures = 0;
    this.trouble = "";
    this.sending = null;
    this.sendsAll = this.sendsBase = false;
    this.savedNumber = Math.max(this.savedNumber, sending.number);
    if (sending.isNew) this.#becomes(answer);
    adopt(this, answer, sending);
    for (const name of Object.keys(sending.fields)) this.#accepted(name);
    if (this.manual || (this.number > sending.number && !this.pause)) this.again = true;
    this.tell("saved", answer, sending);
  }

  async #settleJournal(answer, sending) {
    if (this.isAhead) await this.keeper.now();
    else await this.keeper.clear(sending.number);
    this.rest(answer.at, sending.manual);
    await this.#forgetRestored(sending.restoring);
  }

  #becomes({ id, url }) {
    this.article = String(id);
    this.form.dataset.articleId = this.article;
    this.form.action = this.address;
    history.replaceState(history.state, "", url || this.address);
  }

  /** A block that two people changed; `from`, {version, blocks}, is what both began with. */
  conflict(id, conflict) {
    const former = this.conflicts.get(id);
    this.conflicts.set(id, { ...conflict, id, from: former?.from || conflict.from });
    this.tell("conflicts");
  }

  /** A field that two people changed: {name, mine, theirs, by}. */
  fieldConflict(conflict) {
    this.conflicts.set(`field:${conflict.name}`, conflict);
    this.tell("conflicts");
  }

  /** Somebody chose: the conflict is over, and what stands in the editor now is to be saved. */
  settle(key) {
    this.conflicts.delete(key);
    this.tell("conflicts");
    this.changed();
  }

  #refused(answer, sending) {
    this.sending = null;
    this.manual = false;
    const names = Object.keys(answer.fields);
    let said = "";
    for (const name of names) {
      const label = { body: "Text: ", form: "" }[name] ?? `${this.fields.label(name)}: `;
      const sentence = label + answer.fields[name];
      if (name in sending.fields) this.refused.set(name, { value: sending.fields[name], sentence });
      this.fields.tell(name, answer.fields[name]);
      said ||= sentence;
    }
    this.trouble = "refused";
    this.keeper.soon();
    this.status.show("refused", said || answer.sentence || "");
    this.tell("refused", answer, sending);
    // What was not refused is saved all the same.
    const isFieldsOnly = names.length > 0 && names.every((name) => name in sending.fields);
    if (isFieldsOnly && (this.changedFields().length || !this.isTextSaved)) this.pause = setTimeout(() => this.save(), 0);
    return false;
  }

  /** The server cannot tell what a change was made to: it gets the whole text. */
  #sendAll(sending) {
    this.sending = null;
    // Not kept any more: we still know what it said, unless we began with what was typed into a refused form.
    this.sendsBase = !this.sendsAll && !this.doc.isPlain;
    this.sendsAll = this.again = true;
    this.manual ||= sending.manual;
    return true;
  }

  #tryLater(answer) {
    this.failures += 1;
    this.trouble = answer.isOffline ? "offline" : "unreachable";
    this.status.show(this.trouble);
    const wait = Math.min(LONGEST_WAIT, 1000 * 2 ** (this.failures - 1));
    this.retry = setTimeout(() => this.save(), wait * (0.8 + Math.random() * 0.4));
    return false;
  }

  /** What is not taken is kept all the same: the server stores it as a version when it is told what it began with. */
  async keepAside(id, text, { version, blocks }) {
    const at = blocks.findIndex(([one]) => one === id);
    if (at < 0) return;
    const params = new URLSearchParams({ version: String(version), save_id: makeName(24), tab: this.tab, automatic: "1" });
    if (this.doc.isPlain) params.set("body", textOf(blocks.map((block) => (block[0] === id ? [id, text] : block))));
    else params.set("body_splice", JSON.stringify({ at, remove: 1, blocks: [[id, text]] }));
    const answer = await this.server.post(this.address, params.toString());
    if (answer.kind !== "send-all") return;
    params.delete("body_splice");
    params.set("body", textOf(blocks.map((block) => (block[0] === id ? [id, text] : block))));
    params.set("block_ids", JSON.stringify(blocks.map(([one]) => one)));
    params.set("base", JSON.stringify(blocks));
    await this.server.post(this.address, params.toString());
  }

  /** The article is no more: what is here becomes a new one. */
  async startAnew() {
    const now = this.fields.values();
    this.article = this.form.dataset.articleId = "";
    this.form.action = this.address;
    this.sending = null;
    this.conflicts.clear();
    this.base = { version: null, blocks: [], fields: {} };
    for (const name of Object.keys(now)) this.shown[name] = ["authors", "slug", ...BY_HAND].includes(name) ? now[name] : "";
    this.changed();
    return this.resume();
  }

  /** What another request found out: nobody is signed in any more. */
  interrupted(trouble) {
    this.trouble = trouble;
    this.status.show(trouble);
  }

  get isTextSaved() {
    return !this.sendsAll && areEqual(this.blocksForServer(), this.base.blocks);
  }

  get isAheadOrBusy() {
    return Boolean(this.running) || this.isDirty || this.isAhead || this.sendsAll;
  }

  /** Something got better: the line is there again, or somebody signed in. */
  resume() {
    this.trouble = "";
    return this.save();
  }
}

export function textOf(blocks) {
  return blocks.map(([, text]) => text).join("");
}

function isBlank(blocks) {
  const text = textOf(blocks);
  return !/<(img|hr|figure|table|li|video|audio)\b/.test(text) && !text.replace(/<[^>]*>|&nbsp;|\s/g, "");
}
