// Saving: what is typed goes into the browser's journal, then to the server; it never gets lost, and the status line
// says at any time where it is.
import { ConflictCards, Conflicts } from "./conflicts.js";
import { element } from "./elements.js";
import { Fields, WHEN_LEFT } from "./fields.js";
import { Frame } from "./frame.js";
import { Journal } from "./journal.js";
import { Keeper } from "./keeper.js";
import { Leaving } from "./leaving.js";
import { makeName } from "./names.js";
import { openPlain } from "./plain.js";
import { Presence } from "./presence.js";
import { offerKept } from "./recovery.js";
import { Saver } from "./saver.js";
import { Server } from "./server.js";
import { SignIn } from "./sign_in.js";
import { Status } from "./status.js";
import { live } from "./tabs.js";

/** What the document needs of us when it is opened. */
export function extensions() {
  return [ConflictCards];
}

/** `doc`: the open document, or null where the textarea is all there is. */
export function installSaving(doc, form) {
  // Browsers would bring back an older text into fields; the journal knows better.
  form.autocomplete = "off";
  const written = doc || openPlain(form.elements.body, JSON.parse(form.dataset.blockIds || "[]"));
  const tab = makeName(16), account = form.dataset.accountId || "";
  const journal = new Journal(), fields = new Fields(form), server = new Server(form);
  const status = new Status(form.querySelector(".desk-bar"));
  const keeper = new Keeper({ journal, tab, account, status });
  const saver = new Saver({ doc: written, form, fields, server, keeper, status, tab });
  keeper.saver = saver;
  live(tab);
  listen(saver, fields, written);
  const paper = form.querySelector(".desk-paper");
  const beside = element("div", { className: "saving-conflicts" });
  form.elements.body.after(beside);
  new Conflicts({ saver, status, doc: written, beside });
  new Leaving({ saver, keeper, form, server });
  new Frame({ saver });
  const signIn = new SignIn({ server, saver });
  status.offer("signed-out", "Sign in again", () => signIn.open());
  status.offer("gone", "Make a new article of it", () => saver.startAnew());
  for (const state of ["offline", "unreachable"]) status.offer(state, "Try now", () => saver.resume());
  addEventListener("online", () => { if (saver.trouble) saver.resume(); });
  addEventListener("offline", () => { if (saver.isDirty) status.show("offline"); });
  const presence = new Presence({ saver, server, status, tab });
  presence.begin();
  const place = element("div", { className: "saving-offers" });
  paper.before(place);
  offerKept({ journal, saver, keeper, account, place, status, presence });
  saver.rest();
  return saver;
}

function listen(saver, fields, doc) {
  doc.onChange(() => saver.changed());
  fields.onChange((name, isLeft) => {
    if (isLeft && !WHEN_LEFT.includes(name) && fields.control(name)?.type !== "checkbox") return;
    saver.changed({ isTyping: WHEN_LEFT.includes(name) && !isLeft });
  });
  saver.on("refused", (answer, { manual }) => {
    if (manual) fields.control(Object.keys(answer.fields)[0])?.focus(); // whoever pressed a button is not typing
  });
  saver.on("saved", (answer, sending) => {
    tellRemoved(answer.removed || []);
    if ("body_format" in sending.fields && !sending.isNew && !saver.isAhead) location.reload();
  });
}

/** What was taken out of the text for safety is named at it. */
function tellRemoved(removed) {
  if (!removed.length) return;
  let notice = document.getElementById("body-removed");
  if (!notice) {
    notice = element("div", { className: "notice is-warn", id: "body-removed" });
    document.querySelector(".desk-body-head").after(notice);
  }
  notice.replaceChildren(element("p", {}, `When this was saved, some things were taken out that could harm readers or break the page: ${removed.join(", ")}. What you wrote is kept among the earlier versions.`));
}
