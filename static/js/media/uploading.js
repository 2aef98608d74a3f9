// Sending one file: progress, cancelling, and a sentence for whatever went wrong. Used by the library and the cover's picker.
import { post, told } from "./posting.js";

const RETRYABLE = new Set([0, 401, 429, 500, 502, 503, 504]);

export class Refusal extends Error {
  constructor(sentence, { mayRetry }) {
    super(sentence);
    this.mayRetry = mayRetry;
  }
}

/** Upload `file`; `onProgress` gets 0 to 1. Returns `{ done, cancel }`: `done` resolves to the item as JSON, or rejects with a Refusal. */
export function upload(file, { token, onProgress = () => {} }) {
  const { answered, stop } = post(file, { name: file.name || "pasted.png", token: token(), onProgress });
  return { done: itemOf(answered), cancel: stop };
}

async function itemOf(answered) {
  let request;
  try {
    request = await answered;
  } catch (unanswered) {
    throw unanswered.why === "stopped" ? new Refusal("Cancelled.", { mayRetry: true }) : refusalOf(0, {});
  }
  const answer = told(request);
  if (request.status === 201 && answer.items?.length) {
    return answer.items[0];
  }
  throw refusalOf(request.status, answer);
}

/** A new token where the page's own is too old; "" where nobody is signed in. */
export async function freshToken() {
  try {
    const answer = await fetch("/admin/session.json", { headers: { Accept: "application/json" } });
    const session = await answer.json();
    return session.signed_in ? session.csrf_token : "";
  } catch {
    return "";
  }
}

function refusalOf(status, answer) {
  const sentence =
    answer.sentence ||
    {
      0: "The connection was lost. Nothing was kept; try again.",
      400: "The page had been open too long. Try again.",
      401: "You are signed out. Sign in in another tab, then try again.",
      413: "This file is larger than the site takes.",
    }[status] ||
    "The site could not take it just now. Try again in a moment.";
  const refusal = new Refusal(sentence, { mayRetry: RETRYABLE.has(status) || status === 400 || answer.error === "busy" });
  refusal.isExpired = status === 400 || status === 401;
  return refusal;
}
