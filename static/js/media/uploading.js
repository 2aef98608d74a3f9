// Sending one file: progress, cancelling, and a sentence for whatever went wrong. Used by the library and the cover's picker.

const RETRYABLE = new Set([0, 401, 429, 500, 502, 503, 504]);

export class Refusal extends Error {
  constructor(sentence, { mayRetry }) {
    super(sentence);
    this.mayRetry = mayRetry;
  }
}

/** Upload `file`; `onProgress` gets 0 to 1. Returns `{ done, cancel }`: `done` resolves to the item as JSON, or rejects with a Refusal. */
export function upload(file, { token, onProgress = () => {} }) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) {
        onProgress(event.loaded / event.total);
      }
    });
    request.addEventListener("load", () => {
      const answer = read(request.responseText);
      if (request.status === 201 && answer.items?.length) {
        resolve(answer.items[0]);
      } else {
        reject(refusalOf(request.status, answer));
      }
    });
    request.addEventListener("error", () => reject(refusalOf(0, {})));
    request.addEventListener("abort", () => reject(new Refusal("Cancelled.", { mayRetry: true })));
  });
  request.open("POST", "/admin/media");
  request.setRequestHeader("Accept", "application/json");
  const body = new FormData();
  body.append("csrf_token", token());
  body.append("file", file, file.name || "pasted.png");
  request.send(body);
  return { done, cancel: () => request.abort() };
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

function read(text) {
  try {
    return JSON.parse(text) || {};
  } catch {
    return {};
  }
}
