// The advice beside Publish follows the text: renewed a moment after a save, whoever pressed nothing included. It stays
// as it is while somebody is in it, and touches neither the focus nor the caret.
const MOMENT = 600;
const SELDOM = 4_000;

export class Advice {
  constructor(saver) {
    this.saver = saver;
    this.last = 0;
    saver.on("saved", () => this.soon());
    document.addEventListener("visibilitychange", () => { if (this.isWaiting) this.soon(); });
    document.addEventListener("focusout", () => { if (this.isWaiting) this.soon(); });
  }

  /** Once the saves have come to rest, and not with each of many. */
  soon() {
    clearTimeout(this.timer);
    this.isWaiting = true;
    this.timer = setTimeout(() => this.#renew(), Math.max(MOMENT, this.last + SELDOM - Date.now()));
  }

  async #renew() {
    if (document.hidden || isUsed()) return;
    this.isWaiting = false;
    this.last = Date.now();
    try {
      const address = `${this.saver.address}/check?part=1`;
      const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error", cache: "no-store" });
      if (answer.ok) this.#take(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("check"));
    } catch {
      // Without a line the advice stays as it was; the next save asks again.
    }
  }

  #take(there) {
    const here = document.getElementById("check");
    if (!there || !here || here.innerHTML === there.innerHTML) return;
    if (isUsed()) {
      this.soon();
      return;
    }
    const count = there.dataset.count || "";
    here.replaceChildren(...[...there.childNodes].map((node) => document.adoptNode(node)));
    const link = document.querySelector(".desk-advice");
    if (link && link.textContent !== count) link.textContent = count;
  }
}

function isUsed() {
  return Boolean(document.getElementById("check")?.contains(document.activeElement));
}
