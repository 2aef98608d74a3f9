// The journal: what is typed, kept in this browser until the server says that it has it. One entry for each open tab:
//   change {tab, article, account, at, number, splice, fields, sent, conflicts}   written with every change
//   base   {tab, version, blocks, fields}                                         what `splice` starts from
// `article` is its id, or "new". Where IndexedDB may not finish in time, as while a page goes away, localStorage
// takes the entry; of two the one with the higher number counts.
const DATABASE = "typecase-journal";
const LAST_WORDS = "typecase-last-words:";

/** The journal; it opens when it is first used, and again after a failure. */
export class Journal {
  #opening = null;

  /** Keep an entry; resolves once it is kept. Throws where the browser has no room, or no database. */
  async put(change, base) {
    await this.#write(["changes", "bases"], (changes, bases) => {
      changes.put(change);
      if (base) bases.put(base);
    });
    forgetLastWords(change.tab, change.number);
  }

  /** Forget a tab's entry: only after the server said that it has it, or somebody that it may go. */
  async remove(tab) {
    forgetLastWords(tab, Infinity);
    await this.#write(["changes", "bases"], (changes, bases) => {
      changes.delete(tab);
      bases.delete(tab);
    });
  }

  /** All entries of an article, [{change, base}], the newest first. */
  async list(article, account) {
    const found = new Map();
    try {
      const [changes, bases] = await this.#read();
      const of = new Map(bases.map((base) => [base.tab, base]));
      for (const change of changes) found.set(change.tab, { change, base: of.get(change.tab) });
    } finally {
      for (const entry of listLastWords()) {
        const known = found.get(entry.change.tab);
        if (known && known.change.number >= entry.change.number) continue;
        found.set(entry.change.tab, { change: entry.change, base: entry.base || known?.base });
      }
    }
    return [...found.values()]
      .filter(({ change, base }) => base && change.article === article && change.account === account)
      .sort((one, other) => other.change.at - one.change.at);
  }

  async #write(stores, fill) {
    const database = await this.#open();
    await new Promise((resolve, reject) => {
      const transaction = database.transaction(stores, "readwrite", { durability: "relaxed" });
      transaction.oncomplete = resolve;
      transaction.onerror = transaction.onabort = () => reject(transaction.error || new Error("aborted"));
      fill(...stores.map((name) => transaction.objectStore(name)));
    });
  }

  async #read() {
    const database = await this.#open();
    const transaction = database.transaction(["changes", "bases"]);
    return Promise.all(["changes", "bases"].map((name) => done(transaction.objectStore(name).getAll())));
  }

  #open() {
    this.#opening ||= open().then(
      (database) => {
        database.onclose = () => { this.#opening = null; };
        database.onversionchange = () => { database.close(); this.#opening = null; };
        return database;
      },
      (error) => { this.#opening = null; throw error; },
    );
    return this.#opening;
  }
}

/** Keep an entry at once, before this function returns; whether it could. */
export function keepLastWords(change, base) {
  try {
    localStorage.setItem(LAST_WORDS + change.tab, JSON.stringify({ change, base }));
    return true;
  } catch {
    return false;
  }
}

function forgetLastWords(tab, number) {
  try {
    const kept = localStorage.getItem(LAST_WORDS + tab);
    if (kept && JSON.parse(kept).change.number <= number) localStorage.removeItem(LAST_WORDS + tab);
  } catch { /* a browser without localStorage has kept none */ }
}

function listLastWords() {
  try {
    const keys = Object.keys(localStorage).filter((key) => key.startsWith(LAST_WORDS));
    return keys.map((key) => JSON.parse(localStorage.getItem(key)));
  } catch {
    return [];
  }
}

async function open() {
  const asked = indexedDB.open(DATABASE, 1);
  asked.onupgradeneeded = () => {
    asked.result.createObjectStore("changes", { keyPath: "tab" });
    asked.result.createObjectStore("bases", { keyPath: "tab" });
  };
  return done(asked);
}

function done(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = asked.onblocked = () => reject(asked.error || new Error("blocked"));
  });
}
