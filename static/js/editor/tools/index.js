// The tools around the text: toolbar, menus, links, find and replace, outline, numbers, full screen, help.
import { installVoice } from "./announcing.js";
import { makeCount } from "./counting.js";
import { el } from "./dom.js";
import { makeFindBar } from "./find_bar.js";
import { makeFullScreen } from "./fullscreen.js";
import { installOutline, openOutline } from "./headings.js";
import { openHelp } from "./helping.js";
import { registerKinds } from "./kinds.js";
import { installLinkBubble } from "./link_bubble.js";
import { openLinkDialog } from "./link_dialog.js";
import { layer } from "./popups.js";
import { makeToolbar } from "./toolbar.js";
import { typing } from "./typing.js";
import { watchViewport } from "./viewport.js";

export { announce } from "./announcing.js";
export { registerCommand } from "./registry.js";

const desks = new WeakMap();

/** Tiptap extensions that must be there when the document opens. */
export function extensions(form) {
  const desk = {};
  desks.set(form, desk);
  return [typing(desk)];
}

/** Called once the document is open: see ../document/index.js for what `doc` can do. */
export function installTools(doc, form) {
  const desk = desks.get(form);
  const mount = form.querySelector(".document");
  registerKinds();
  form.after(layer);
  installVoice(layer);
  form.classList.add("has-editor");

  const findBar = makeFindBar(doc);
  const screen = makeFullScreen(doc, form, () => toolbar.refresh());
  Object.assign(desk, {
    doc,
    link: () => openLinkDialog(doc),
    find: () => findBar.open(),
    replace: () => findBar.open({ replaces: true }),
    outline: () => openOutline(doc),
    full: screen.toggle,
    leave: screen.leave,
    help: () => openHelp(doc),
    isFull: screen.is,
  });
  const toolbar = makeToolbar(doc, doc.editor.view.dom.id, desk);
  desk.toolbar = toolbar.focus;
  const tools = el("div", { class: "editor-tools" }, toolbar.element, findBar.element);
  mount.before(tools);
  desk.room = watchViewport(form, tools);
  installLinkBubble(doc, desk.link);
  installOutline(doc, form);
  arrangeFoot(form, makeCount(doc));
  form.addEventListener("keydown", (event) => onKey(event, desk));
  showArrival(doc, mount);
}

/** Who comes by keyboard sees a frame around the text, until the caret is enough to say where they are. */
function showArrival({ editor }, mount) {
  let byKeyboard = false;
  document.addEventListener("keydown", (event) => {
    byKeyboard = event.key === "Tab";
  }, true);
  document.addEventListener("pointerdown", () => {
    byKeyboard = false;
  }, true);
  const set = (is) => () => mount.classList.toggle("is-arrived", is && byKeyboard);
  editor.on("focus", set(true));
  for (const event of ["blur", "update", "selectionUpdate"]) {
    editor.on(event, set(false));
  }
}

/** What stood above the textarea stands under the text: the numbers, and what the text is written in. */
function arrangeFoot(form, count) {
  const head = form.querySelector(".desk-body-head");
  if (head) {
    head.querySelector(".hint")?.replaceWith(count);
    form.querySelector(".desk-body").append(head);
  }
}

/** Find works from the bar, too, and from the title. */
function onKey(event, desk) {
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "f" && !event.defaultPrevented) {
    event.preventDefault();
    desk.find();
  }
}
