// One quiet voice for people who do not see the page: what happened that no moved focus says.
import { el } from "./dom.js";

const region = el("p", { class: "visually-hidden", "aria-live": "polite" });

/** Put the voice on the page. */
export function installVoice(layer) {
  layer.append(region);
}

/** Say a short sentence once; the same again is said again. */
export function announce(sentence) {
  region.textContent = "";
  setTimeout(() => {
    region.textContent = sentence;
  }, 60);
}
