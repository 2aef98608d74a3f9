// Which tabs of this browser live: each holds a lock under its name for as long as it does. Where there are no locks
// (a site served over plain http), the living answer when they are asked.
const PREFIX = "typecase-tab:";
const PATIENCE = 400;

/** Say that this tab lives, until it does not. */
export function live(tab) {
  if (navigator.locks) navigator.locks.request(PREFIX + tab, () => new Promise(() => {}));
  else if (channel()) channel().addEventListener("message", ({ data }) => { if (data === "who lives?") channel().postMessage(tab); });
}

/** The names of all living tabs. */
export async function listLiving() {
  if (navigator.locks) {
    const { held, pending } = await navigator.locks.query();
    return new Set([...held, ...pending].map(({ name }) => name.replace(PREFIX, "")));
  }
  const living = new Set();
  if (!channel()) return living;
  const hear = ({ data }) => living.add(data);
  channel().addEventListener("message", hear);
  channel().postMessage("who lives?");
  await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  channel().removeEventListener("message", hear);
  return living;
}

/** Resolves when a tab that lives now is gone; never, where there are no locks. */
export function whenGone(tab) {
  return navigator.locks ? navigator.locks.request(PREFIX + tab, { mode: "shared" }, () => {}) : new Promise(() => {});
}

let opened;
function channel() {
  if (opened === undefined) opened = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("typecase-tabs");
  return opened;
}
