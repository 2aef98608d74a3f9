// Full-screen writing: the paper, the toolbar, the state of saving, and nothing else. Escape leaves.
import { announce } from "./announcing.js";

/** Returns {toggle, leave, is}. `onChange(is)` is told of each change. */
export function makeFullScreen(doc, form, onChange) {
  const root = document.documentElement;

  function toggle() {
    const on = !is();
    const { scrollY } = window;
    root.classList.toggle("is-writing", on);
    doc.editor.commands.focus(null, { scrollIntoView: false });
    doc.editor.commands.scrollIntoView();
    if (!on && form.getBoundingClientRect().bottom < 0) {
      window.scrollTo(0, scrollY);
    }
    announce(on ? "Full screen. Escape leaves it." : "Full screen left.");
    onChange(on);
  }
  const is = () => root.classList.contains("is-writing");

  /** For Escape: leave, unless it closes something else first. Whether it left. */
  function leave() {
    if (!is() || document.querySelector("dialog[open], .editor-menu")) {
      return false;
    }
    toggle();
    return true;
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented && !event.isComposing && leave()) {
      event.preventDefault();
    }
  });
  return { toggle, leave, is };
}
