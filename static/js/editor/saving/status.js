// The status line: what has become of the words. Always true, and heard only when it matters: a line that is read out
// every second is switched off.
import { button, element } from "./elements.js";

const LINES = {
  new: "",
  waiting: "Not saved yet",
  saving: "Saving…",
  saved: "Saved",
  conflict: "",
  offline: "Offline.",
  unreachable: "The server does not answer.",
  "signed-out": "You are signed out.",
  refused: "Not saved.",
  forbidden: "Not saved: you may no longer change this article.",
  gone: "Not saved: this article is in the trash, or deleted for good.",
  "too-large": "Not saved: this is more than the server takes at once.",
};
const AFTERWARDS = {
  offline: "It is saved when you are back.",
  unreachable: "Trying again.",
  "signed-out": "",
  forbidden: "",
  gone: "",
  "too-large": "",
  refused: "",
};
const BAD = new Set(["refused", "forbidden", "gone", "too-large"]);
const WARN = new Set(["offline", "unreachable", "signed-out", "conflict"]);

const NEWS = 20_000;

export class Status {
  constructor(bar) {
    this.line = element("span", { className: "saving-line" });
    this.actions = element("span", { className: "saving-actions" });
    this.others = element("span", { className: "saving-others" });
    this.heard = element("span", { className: "visually-hidden", role: "status" });
    this.news = element("span", { className: "saving-news" });
    this.root = element("div", { className: "saving" }, this.line, this.actions, this.others, this.news, this.heard);
    bar.querySelector(".desk-state").after(this.root);
    this.keeps = true;
    this.state = "";
    this.buttons = {};
    this.show("new");
  }

  /** A button that stands beside the line while it says `state`. */
  offer(state, label, act) {
    this.buttons[state] = button(label, act);
  }

  show(state, more = "", isAsked = false) {
    const former = this.state;
    this.state = state;
    this.said = more;
    if (state === "saved" && more) this.at = more;
    const words = this.#words(state, more);
    this.root.dataset.state = state;
    this.root.classList.toggle("is-bad", BAD.has(state));
    this.root.classList.toggle("is-warn", WARN.has(state) || !this.keeps);
    if (this.line.textContent !== words) this.line.textContent = words;
    const wanted = this.buttons[state];
    if (this.actions.firstChild !== (wanted || null)) this.actions.replaceChildren(...(wanted ? [wanted] : []));
    this.#speak(state, former, words, isAsked);
  }

  /** Whether the browser keeps what is typed. */
  journal(keeps) {
    this.keeps = keeps;
    this.show(this.state, this.said);
    if (!keeps) this.say(NO_JOURNAL);
  }

  /** Who else is here; "" for nobody. */
  tellOthers(words) {
    if (this.others.textContent !== words) this.others.textContent = words;
  }

  /** Something that came in, for a while. */
  notice(words) {
    this.news.textContent = words;
    this.say(words);
    clearTimeout(this.newsTimer);
    this.newsTimer = setTimeout(() => { this.news.textContent = ""; }, NEWS);
  }

  /** Say something once. */
  say(words) {
    this.heard.textContent = "";
    requestAnimationFrame(() => { this.heard.textContent = words; });
  }

  #words(state, more) {
    if (state === "saved") return `Saved${this.at ? ` ${clockTime(this.at)}` : ""}${this.keeps ? "" : `. ${NO_JOURNAL}`}`;
    const parts = [LINES[state]];
    if (state === "refused" && more) parts[0] += ` ${more}`;
    if (state === "conflict") parts[0] = more.size === 1 ? "One place is to be settled." : `${more.size} places are to be settled.`;
    if (state === "waiting" && more) parts[0] += `: “${more}” is saved when you leave it`;
    if (state in AFTERWARDS) parts.push(this.keeps ? "What you write is kept in this browser." : `Keep this page open: ${NO_JOURNAL}`, AFTERWARDS[state]);
    else if (!this.keeps) parts.push(NO_JOURNAL);
    return parts.filter(Boolean).join(" ").trim();
  }

  /** Problems, the end of a problem, and what was asked for are worth hearing. */
  #speak(state, former, words, isAsked) {
    const isTrouble = BAD.has(state) || WARN.has(state);
    if (isTrouble && this.spoken !== words) this.say(words);
    else if (state === "saved" && (isAsked || this.spoken)) this.say("Saved");
    if (isTrouble) this.spoken = words;
    else if (state === "saved") this.spoken = "";
  }
}

const NO_JOURNAL = "This browser cannot keep a copy of what you write.";

function clockTime(at) {
  return at.toLocaleTimeString(document.documentElement.lang || undefined, { hour: "2-digit", minute: "2-digit" });
}
