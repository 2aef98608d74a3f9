// The command palette: Ctrl+K or the link in the bar opens it (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/). The server
// says what may be opened; what the page itself can do is its own buttons, which the server has drawn. Without this the
// link leads to a page that does the same.
import { isTaken, make } from "./keys.js";
import { showShortcuts } from "./shortcuts.js";

const PAUSE = 120;

export function installPalette(link) {
  addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k" && !isTaken(event)) {
      event.preventDefault();
      open(link.href);
    }
  });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.href);
  });
}

function open(address) {
  const input = make("input", {
    class: "control", type: "text", role: "combobox", "aria-label": "Find a page, an action or an article", "aria-expanded": "true",
    "aria-controls": "palette-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", placeholder: "Page, action or article",
  });
  const list = make("div", { class: "palette-list", id: "palette-list", role: "listbox", "aria-label": "Found" });
  const said = make("p", { class: "palette-said small muted", role: "status" });
  const keys = make("button", { type: "button", class: "button is-quiet is-small" }, "Keyboard shortcuts");
  const close = make("button", { type: "button", class: "button is-quiet is-small" }, "Close");
  const dialog = make("dialog", { class: "palette", "aria-label": "Find" }, input, list, make("div", { class: "palette-foot" }, said, keys, close));
  const here = ofThisPage();
  let [asking, timer, options, at, shownFor] = [null, 0, [], -1, null];

  const choose = (to) => {
    options[at]?.element.setAttribute("aria-selected", "false");
    at = options.length ? (to + options.length) % options.length : -1;
    const chosen = options[at]?.element;
    chosen?.setAttribute("aria-selected", "true");
    chosen?.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", chosen?.id ?? "");
  };
  const run = (item) => {
    if (!item) return;
    dialog.close();
    if (item.button) item.button.click();
    else location.assign(item.address);
  };
  const show = (items) => {
    options = items.map((item, index) => ({ ...item, element: option(item, `palette-${index}`, () => run(item)) }));
    const groups = new Map();
    for (const { group, element } of options) groups.set(group, [...groups.get(group) ?? [], element]);
    list.replaceChildren(...[...groups].map(([name, found]) =>
      make("div", { role: "group", "aria-label": name }, make("p", { class: "palette-group small muted", "aria-hidden": "true" }, name), ...found)));
    said.textContent = items.length ? `${items.length} found` : "Nothing is called that. Try fewer letters.";
    choose(0);
  };
  const ask = async () => {
    asking?.abort();
    clearTimeout(timer);
    asking = new AbortController();
    const asked = input.value;
    const words = asked.trim().toLowerCase().split(/\s+/);
    const mine = here.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
    try {
      const url = `${address}?q=${encodeURIComponent(asked)}`;
      const answer = await fetch(url, { headers: { Accept: "application/json" }, redirect: "error", signal: asking.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      show([...mine, ...(await answer.json()).items]);
      shownFor = asked;
    } catch (error) {
      if (error.name === "AbortError") return;
      show(mine);
      shownFor = asked;
      said.textContent = "The server did not answer. Reload the page, or sign in again.";
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", async (event) => {
    const step = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    if (event.isComposing || (step === undefined && event.key !== "Enter")) return;
    event.preventDefault();
    if (step !== undefined) {
      choose(step);
      return;
    }
    // Whoever types fast means what they typed, not what is still shown for less.
    if (shownFor !== input.value) await ask();
    if (shownFor === input.value) run(options[at]);
  });
  keys.addEventListener("click", () => {
    dialog.close();
    showShortcuts();
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    asking?.abort();
    dialog.remove();
  });
  document.body.append(dialog);
  dialog.showModal();
  input.focus();
  ask();
}

function option({ label, hint }, id, run) {
  const name = make("bdi", {}, label);
  const element = make("div", { role: "option", id, class: "palette-option", "aria-selected": "false" }, name);
  if (hint) element.append(" ", make("span", { class: "small muted" }, hint));
  element.addEventListener("click", run);
  return element;
}

/** The buttons of the page with a name that no other of them has. */
function ofThisPage() {
  const buttons = [...document.querySelectorAll("main button[type=submit], main a.button")]
    .filter((button) => !button.disabled && button.offsetParent && button.textContent.trim() && !button.closest("[data-bulk], [role=search]"));
  const label = (button) => button.textContent.trim().replace(/\s+/g, " ");
  return buttons.filter((button) => buttons.filter((other) => label(other) === label(button)).length === 1)
    .map((button) => ({ group: "On this page", label: label(button), hint: "", button }));
}
