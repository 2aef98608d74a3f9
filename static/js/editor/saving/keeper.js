// Keeps what is typed in the journal: at most a few hundredths of a second after a key, at once when the page goes away.
import { keepLastWords } from "./journal.js";
import { spliceBetween } from "./blocks.js";

const SOON = 40;

export class Keeper {
  constructor({ journal, tab, account, status }) {
    Object.assign(this, { journal, tab, account, status });
    this.saver = null;
    this.kept = 0;
    this.baseKept = null;
    this.isWorking = true;
    this.timer = null;
  }

  /** Within a moment. */
  soon() {
    this.timer ||= setTimeout(() => this.now(), SOON);
  }

  /** Now; resolves when it is kept, or when it is known that it cannot be. */
  async now() {
    clearTimeout(this.timer);
    this.timer = null;
    const { change, base } = this.#entry();
    try {
      await this.journal.put(change, base === this.baseKept ? null : base);
      this.baseKept = base;
      this.kept = Math.max(this.kept, change.number);
      this.#works(true);
    } catch {
      this.baseKept = null;
      this.#works(false);
    }
  }

  /** The server has all up to change `number`. */
  async clear(number) {
    if (this.saver.number > number) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.kept = Math.max(this.kept, number);
    this.baseKept = null;
    await this.forget(this.tab);
  }

  async forget(tab) {
    try {
      await this.journal.remove(tab);
    } catch { /* it is offered once more; the server has it */ }
  }

  /** The page may be gone after this: what the database may not finish goes where it is kept at once. Whether all is kept. */
  last() {
    if (this.kept >= this.saver.number) return true;
    const { change, base } = this.#entry();
    const isKept = keepLastWords(change, base);
    this.now();
    return isKept;
  }

  #works(isWorking) {
    if (this.isWorking === isWorking) return;
    this.isWorking = isWorking;
    this.status.journal(isWorking);
  }

  #entry() {
    const { saver, tab } = this;
    const base = this.#base();
    const { sending } = saver;
    const fields = saver.fields.values({ beside: true });
    const change = {
      tab,
      article: saver.article || "new",
      account: this.account,
      at: Date.now(),
      number: saver.number,
      splice: spliceBetween(base.blocks, saver.doc.blocks()),
      fields,
      title: fields.title || "",
      sent: sending && { ...sending, splice: spliceBetween(base.blocks, sending.blocks), blocks: null },
    };
    return { change, base };
  }

  #base() {
    const { base } = this.saver;
    if (this.asKept?.from !== base) {
      this.asKept = { from: base, entry: { tab: this.tab, version: base.version, blocks: base.blocks, fields: { ...this.saver.shown } } };
    }
    return this.asKept.entry;
  }
}
