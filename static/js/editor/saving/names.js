// Names made in the browser: of tabs, saves, blocks.
const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A random name of letters and digits; crypto.randomUUID is missing where the site is not served over https. */
export function makeName(length = 8) {
  const numbers = crypto.getRandomValues(new Uint8Array(length * 4));
  return [...numbers].filter((number) => number < 252).slice(0, length).map((number) => LETTERS[number % 36]).join("");
}
