// Addresses a link may have: what app/html.py lets through, said before it is sent.
const SCHEMES = new Set(["http", "https", "mailto", "tel"]);
const SCHEME = /^([a-z0-9+.-]+):/i;
const HOST = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}{2,}(?=[:/?#]|$)/u;
const MAIL = /^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/;

/**
 * What somebody typed, as an address: {address}, or {refusal}, a sentence for people.
 * "example.org" is a site, "somebody@example.org" an e-mail address; paths and #parts of this site stay as they are.
 */
export function readAddress(typed) {
  const address = typed.replace(/[\t\r\n]/g, "").trim();
  if (!address) {
    return { refusal: "Type an address, or part of an article’s title." };
  }
  if (/^(\/(?![/\\])|#|\?|\.{1,2}\/)/.test(address)) {
    return { address: encoded(address) };
  }
  if (MAIL.test(address) && !SCHEME.test(address)) {
    return { address: `mailto:${address}` };
  }
  if (HOST.test(address)) {
    return checked(`https://${address}`);
  }
  const scheme = SCHEME.exec(bare(address))?.[1].toLowerCase();
  if (!scheme) {
    return { refusal: "This is no address: it would begin with https://, or with / on this site." };
  }
  if (!SCHEMES.has(scheme)) {
    return { refusal: `Links cannot begin with ${scheme}: – use https:, http:, mailto: or tel:.` };
  }
  return checked(address);
}

/** Whether some text is one address and nothing else, as copied from a browser. */
export function isAddress(text) {
  const word = text.trim();
  return /^(https?:\/\/|mailto:|tel:)\S+$/i.test(word) && "address" in readAddress(word);
}

/** The number of the article that a permanent address names, or null. */
export function articleOf(address) {
  const found = /^\/articles\/([1-9][0-9]{0,8})(?=[?#]|$)/.exec(address);
  return found ? Number(found[1]) : null;
}

/** The slug in an address of this site that may be an article's, or null. */
export function slugOf(address) {
  try {
    const url = new URL(address, location.href);
    const [, slug, rest] = /^\/([^/]+)\/?(.*)$/.exec(url.pathname) ?? [];
    const isOurs = url.origin === location.origin && slug && !rest && address !== url.hash;
    return isOurs ? decodeURIComponent(slug) : null;
  } catch {
    return null;
  }
}

function checked(address) {
  try {
    const url = new URL(address);
    if (/^https?:$/.test(url.protocol) && !url.hostname) {
      throw new TypeError("no host");
    }
  } catch {
    return { refusal: "This is no whole address: something like https://example.org/page." };
  }
  return { address: encoded(address) };
}

function encoded(address) {
  return address.replace(/[\s"<>\\^`{|}]/g, (letter) => encodeURIComponent(letter));
}

/** Without what a browser would pass over before it reads the scheme. */
function bare(address) {
  return address.replace(/[`\u0000-\u0020\u007f-\u00a0\s]+|[^\u0000-\u007f]/g, "");
}
