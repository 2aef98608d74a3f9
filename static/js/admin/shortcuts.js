// Keys for links that say theirs in data-key ("n", or one after another: "g a"), "/" for the page's search, "?" for the list of
// all. They can be switched off for this browser: who speaks to the computer types keys without meaning to.
import { isTaken, make } from "./keys.js";

const KEPT = "typecase.shortcuts";
const PAUSE = 1500;

export function installShortcuts() {
  let [before, at] = ["", 0];
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.key.length !== 1 || !areOn() || isTaken(event)) return;
    const keys = event.timeStamp - at < PAUSE && before ? `${before} ${event.key}` : event.key;
    [before, at] = [event.key, event.timeStamp];
    const act = keys === "?" ? showShortcuts : keys === "/" ? findSearch : follow(keys);
    if (act) {
      event.preventDefault();
      before = "";
      act();
    }
  });
}

function follow(keys) {
  const link = [...document.querySelectorAll("[data-key]")].find((found) => found.dataset.key === keys);
  return link && (() => link.click());
}

function findSearch() {
  document.querySelector("main input[type=search]")?.focus();
}

export function showShortcuts() {
  const isMac = /Mac|iP(hone|ad)/.test(navigator.platform);
  const rows = [
    [isMac ? "⌘ K" : "Ctrl K", "Find a page, an action or an article"],
    ...[...document.querySelectorAll("[data-key]")].map((link) => [link.dataset.key, link.dataset.keyName ?? link.textContent.trim()]),
    ["/", "Search in this page’s list"],
    ["?", "This list"],
  ];
  const list = make("dl", { class: "keys" }, ...rows.map(([keys, what]) =>
    make("div", {}, make("dt", {}, ...keys.split(" ").flatMap((key, index) => [...(index ? [" "] : []), make("kbd", {}, key)])), make("dd", {}, what))));
  const box = make("input", { type: "checkbox" });
  box.checked = areOn();
  box.addEventListener("change", () => keep(box.checked));
  const close = make("button", { type: "button", class: "button", autofocus: "" }, "Close");
  const dialog = make("dialog", { class: "palette is-list", "aria-labelledby": "keys-heading" },
    make("h2", { id: "keys-heading" }, "Keyboard shortcuts"), list,
    make("label", { class: "pick" }, box, " Single keys work in this browser"),
    make("p", { class: "hint" }, "No shortcut takes a key while you type. The editor has keys of its own: Ctrl+/ lists them there."), close);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

function keep(isOn) {
  try {
    localStorage.setItem(KEPT, isOn ? "on" : "off");
  } catch { /* a browser that keeps nothing has them on the next page again */ }
}
