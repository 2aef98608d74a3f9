// Files on their way to the library: one request a file, with progress, that can be stopped and sent again.
import { post, told } from "../../media/posting.js";

/**
 * Send one file. `progress(fraction)` is called while it is sent. The answer: {done: promise, stop()}; the promise gives
 * the item of the library or raises Refused (with the sentence people read) or Stopped.
 */
export function send(file, form, progress) {
  let sending = null;
  let isStopped = false;
  const attempt = async (token) => {
    sending = post(file, { name: file.name || nameOf(file), token, onProgress: progress });
    try {
      return await sending.answered;
    } catch (unanswered) {
      if (unanswered.why === "stopped") {
        throw new Stopped();
      }
      throw new Refused("There is no connection. The file is kept here: send it again when there is.", "offline");
    }
  };
  const run = async () => {
    let answer = await attempt(form.elements.csrf_token.value);
    if (answer.status === 400 && !isStopped) {
      // The token was of a session that is over: a new one, once.
      const fresh = await (await fetch("/admin/session.json", { headers: { Accept: "application/json" } })).json();
      if (fresh.signed_in) {
        form.elements.csrf_token.value = fresh.csrf_token;
        answer = await attempt(fresh.csrf_token);
      }
    }
    return itemOf(answer);
  };
  return {
    done: run(),
    stop: () => {
      isStopped = true;
      sending?.stop();
    },
  };
}

/** The library's items that fit: {items, next}. */
export async function listItems({ q = "", kind = "image", after = "", signal }) {
  const asked = new URLSearchParams({ q, kind, after: after ?? "" });
  const answer = await fetch(`/admin/media?${asked}`, { headers: { Accept: "application/json" }, signal });
  if (answer.status === 401 || answer.redirected) {
    throw new Refused("You are signed out. Sign in again in another tab, then search again.");
  }
  if (!answer.ok) {
    throw new Refused("The library does not answer. Try again in a moment.");
  }
  return answer.json();
}

/** A file was not taken; the message is the sentence people read. */
export class Refused extends Error {
  constructor(sentence, why = "refused") {
    super(sentence);
    this.why = why;
  }
}

/** Somebody stopped it. */
export class Stopped extends Error {}

/** A data: URL as a file, or null where it is none. */
export function fileOf(address, name = "pasted") {
  const parts = /^data:([a-z]+\/[a-z0-9.+-]+)?((?:;[^;,]*)*),(.*)$/is.exec(address);
  if (!parts) {
    return null;
  }
  try {
    const text = /;base64/i.test(parts[2]) ? atob(parts[3].replace(/\s/g, "")) : decodeURIComponent(parts[3]);
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const kind = (parts[1] || "image/png").toLowerCase();
    return new File([bytes], `${name}.${ending(kind)}`, { type: kind });
  } catch {
    return null;
  }
}

function nameOf(file) {
  return `pasted.${ending(file.type || "image/png")}`;
}

const ending = (kind) => kind.replace(/^.*\//, "").replace("jpeg", "jpg").replace(/\+.*$/, "");

function itemOf(request) {
  const answer = told(request);
  const item = answer.items?.[0];
  if (request.status >= 200 && request.status < 300 && item) {
    return item;
  }
  const wasSentAway = request.responseURL && new URL(request.responseURL).pathname !== "/admin/media";
  const sentences = {
    400: "The page had been open too long. Send it again.",
    401: "You are signed out. Sign in again, then send it again.",
    403: "You may not add files to the library. Ask an editor to add it.",
    413: "The file is too large for this site.",
  };
  throw new Refused(
    answer.sentence || answer.refused?.[0]?.sentence || sentences[wasSentAway ? 401 : request.status] || "The server could not take it. Try again in a moment.",
  );
}
