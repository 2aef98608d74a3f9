// A body as a list of blocks whose strings joined are the body, byte for byte. The server splits the same way:
// app/articles/blocks.py.
//
// The rule. The body is read tag by tag; what is inside an element belongs to that element. At the top level
// - an element of BLOCKS is a block of its own;
// - text and all other elements in a row are one block (a "run");
// - text of white space alone (space, tab, line feed, form feed, carriage return) belongs to the block before it, and
//   does not end a run; at the very beginning it belongs to the first block.
// A body of white space alone is one block, an empty body none. Bodies are stored well-formed (every element ended,
// ">" in attributes escaped or quoted); an end tag without a beginning counts as text in a run, an element that is
// never ended lasts to the end.

export const BLOCKS = new Set(
  (
    "address article aside blockquote caption dd details dialog div dl dt fieldset figcaption figure footer form" +
    " h1 h2 h3 h4 h5 h6 header hgroup hr legend li main nav ol p pre section summary table tbody td tfoot th thead" +
    " tr ul center dir listing menu plaintext search xmp"
  ).split(" "),
);
export const VOID = new Set(
  "area base br col embed hr img input link meta param source track wbr".split(" "),
);
const TOKEN = /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:"[^"]*"|'[^']*'|[^"'>])*)>|[^<]+|</g;
const BLANK = /^[ \t\n\f\r]*$/;

/** The blocks of a body. */
export function split(html) {
  const blocks = [];
  let depth = 0;
  let inRun = false;
  let first = ""; // white space before anything else
  for (const [token, slash, name] of html.matchAll(TOKEN)) {
    if (depth > 0) {
      blocks[blocks.length - 1] += token;
    } else if (name && !slash && BLOCKS.has(name.toLowerCase())) {
      blocks.push(first + token);
      first = "";
      inRun = false;
    } else if (BLANK.test(token)) {
      if (blocks.length) {
        blocks[blocks.length - 1] += token;
      } else {
        first += token;
      }
    } else if (inRun) {
      blocks[blocks.length - 1] += token;
    } else {
      blocks.push(first + token);
      first = "";
      inRun = true;
    }
    if (name && !VOID.has(name.toLowerCase())) {
      depth = Math.max(0, depth + (slash ? -1 : 1));
    }
  }
  if (first) {
    blocks.push(first);
  }
  return blocks;
}

/** A block without the white space after it, and that white space. */
export function parted(block) {
  const body = block.replace(/[ \t\n\f\r]+$/, "");
  return [body, block.slice(body.length)];
}

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** A new id of a block: eight random characters. */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => LETTERS[byte % 36]).join("");
}
