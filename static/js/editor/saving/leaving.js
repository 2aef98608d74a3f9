// The ways out of the page: its buttons, Ctrl-S, closing it. None of them loses a word.
import { SAVED } from "./fields.js";

export class Leaving {
  constructor({ saver, keeper, form, server }) {
    Object.assign(this, { saver, keeper, form, server });
    form.addEventListener("submit", (event) => this.#submit(event));
    form.addEventListener("formdata", ({ formData }) => this.#withoutWhatIsSaved(formData));
    addEventListener("keydown", (event) => this.#press(event));
    addEventListener("beforeunload", (event) => this.#ask(event));
    addEventListener("pagehide", () => this.#leave());
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.#hide(); });
  }

  #press(event) {
    const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s";
    if (!isSave) return;
    event.preventDefault();
    this.saver.save({ manual: true });
  }

  /** Its own button saves here; the others go on once all is on the server, and stay here if it cannot be. */
  async #submit(event) {
    if (this.isThrough || event.defaultPrevented) return;
    const { submitter } = event;
    if (!submitter?.hasAttribute("formaction")) {
      event.preventDefault();
      await this.saver.save({ manual: true });
      return;
    }
    if (!this.saver.isAheadOrBusy) return;
    event.preventDefault();
    if (!(await this.saver.save({ manual: true }))) return;
    this.isThrough = true;
    if (!submitter.isConnected) { // the bar was renewed meanwhile; what was pressed is what is meant
      submitter.hidden = true;
      this.form.append(submitter);
    }
    this.form.requestSubmit(submitter);
    this.isThrough = false;
  }

  /** What the server has need not go along; so a button never saves an older text over a newer one. */
  #withoutWhatIsSaved(formData) {
    if (!this.saver.article) return;
    const changed = new Set(this.saver.changedFields({ manual: true }));
    for (const name of SAVED) if (!changed.has(name)) formData.delete(name);
    if (this.saver.isTextSaved) formData.delete("body");
    formData.set("version", String(this.saver.base.version));
  }

  /** The browser asks only when something would be neither here nor there. */
  #ask(event) {
    if (this.isThrough || this.keeper.last()) return;
    event.preventDefault();
    event.returnValue = true;
  }

  #hide() {
    this.keeper.last();
    if (this.saver.isDirty) this.saver.save();
  }

  /** The last words, on their way while the page goes; should they not arrive, the journal has them. */
  #leave() {
    this.keeper.last();
    const { saver } = this;
    if (saver.sending || saver.trouble || !saver.article || this.isThrough) return;
    saver.manual = false;
    const last = saver.gather();
    if (!last) return;
    const body = new URLSearchParams(last.params);
    body.set("csrf_token", this.server.token);
    if (body.toString().length > 60_000) return;
    fetch(saver.address, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true }).catch(() => {});
  }
}
