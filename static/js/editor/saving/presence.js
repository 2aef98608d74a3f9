// Who else has the article open, and what they saved: asked every ten seconds and on opening.
import { adopt } from "./adopting.js";

const EVERY = 10_000;

export class Presence {
  constructor({ saver, server, status, tab }) {
    Object.assign(this, { saver, server, status, tab });
    this.timer = null;
  }

  begin() {
    this.ask();
    this.timer ||= setInterval(() => this.ask(), EVERY);
    this.saver.on("saved", (answer) => this.take(answer));
    addEventListener("pagehide", () => this.leave());
    addEventListener("pageshow", (event) => { if (event.persisted) this.ask(); });
  }

  async ask() {
    const { saver } = this;
    if (!saver.article || ["signed-out", "gone", "forbidden"].includes(saver.trouble) || this.isAsking) return;
    this.isAsking = true;
    const version = saver.base.version;
    const answer = await this.server.post(`${saver.address}/presence`, { tab: this.tab, version: String(version ?? "") });
    this.isAsking = false;
    if (answer.kind === "saved") {
      if (["offline", "unreachable"].includes(saver.trouble)) saver.resume();
      this.take(answer);
      const isNews = answer.version > saver.base.version && version === saver.base.version && !saver.running && !saver.isDirty;
      if (isNews && !(answer.blocks && saver.doc.isComposing)) this.#adopt(answer);
    } else if (["signed-out", "gone", "forbidden"].includes(answer.kind) && !saver.running) saver.interrupted(answer.kind);
  }

  /** Say who is here, and whose text came in. */
  take({ others = [], merged_with: merged = [] }) {
    const names = [...new Set(others.map(({ name, you }) => (you ? "You, in another window" : name)))];
    const isOne = names.length === 1 && !names[0].startsWith("You");
    this.status.tellOthers(names.length ? `Also open: ${names.join("; ")}` : "");
    this.status.others.hidden = !names.length;
    if (names.join() !== this.before) {
      const news = names.filter((name) => !(this.before || "").includes(name));
      if (news.length) this.status.say(`${news.join(", ")} ${isOne ? "has" : "have"} this article open too.`);
      this.before = names.join();
    }
    if (merged.length) this.status.notice(`${merged.join(", ")} changed the article too. Their text has come in.`);
  }

  leave() {
    if (!this.saver.article || !navigator.sendBeacon) return;
    const said = { csrf_token: this.server.token, tab: this.tab, leave: "1" };
    navigator.sendBeacon(`${this.saver.address}/presence`, new URLSearchParams(said));
  }

  #adopt(answer) {
    const { saver } = this;
    adopt(saver, { ...answer, isPresence: true }, { blocks: saver.base.blocks, fields: {} });
    saver.rest();
    if (!answer.merged_with?.length && (answer.blocks || answer.fields)) {
      const names = (answer.others || []).filter(({ you }) => !you).map(({ name }) => name);
      this.status.notice(`${names.length === 1 ? names[0] : "Somebody else"} changed the article. Their text has come in.`);
    }
  }
}
