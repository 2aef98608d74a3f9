// What the style sheet cannot know: how high the bars are that stick to the window's edges, and how much of the window
// a phone's keyboard covers.

/** The height of what lies over the lower end of the text for now: the panel of inserts. */
export const overlaid = { bottom: 0 };

/** Keep `--desk-bar`, `--tools` and `--keyboard` of the page in step. Returns the room to leave around the caret. */
export function watchViewport(form, tools) {
  const root = document.documentElement;
  const bar = form.querySelector(".desk-bar");
  const view = window.visualViewport;
  const room = { top: 5, bottom: 5, left: 0, right: 0 };

  function measure() {
    const covered = view ? Math.max(0, Math.round(window.innerHeight - view.height - view.offsetTop)) : 0;
    const isPinched = view && view.scale > 1.01;
    const atBottom = getComputedStyle(tools).getPropertyValue("--at").trim() === "bottom";
    const barHeight = bar && getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
    set("--desk-bar", `${barHeight}px`);
    set("--tools", `${tools.offsetHeight}px`);
    set("--keyboard", `${isPinched ? 0 : covered}px`);
    room.top = barHeight + (atBottom ? 0 : tools.offsetHeight) + 24;
    room.bottom = (atBottom ? tools.offsetHeight : 0) + covered + 32;
  }

  function set(name, value) {
    if (root.style.getPropertyValue(name) !== value) {
      root.style.setProperty(name, value);
    }
  }
  const observer = new ResizeObserver(measure);
  observer.observe(tools);
  if (bar) {
    observer.observe(bar);
  }
  view?.addEventListener("resize", measure);
  view?.addEventListener("scroll", measure);
  measure();
  return room;
}
