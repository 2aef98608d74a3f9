// One file on its way to the library. What an answer means is for whoever sends it.

/** The request came to no answer: `why` is "stopped" (by somebody) or "lost" (the connection). */
export class Unanswered extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

/**
 * Post `file` under `name`; `onProgress` gets 0 to 1. Returns `{ answered, stop }`: `answered` resolves to the request
 * with its answer, whatever the status, or rejects with Unanswered.
 */
export function post(file, { name, token, onProgress }) {
  const request = new XMLHttpRequest();
  const answered = new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => resolve(request);
    request.onabort = () => reject(new Unanswered("stopped"));
    request.onerror = () => reject(new Unanswered("lost"));
  });
  request.open("POST", "/admin/media");
  request.setRequestHeader("Accept", "application/json");
  const body = new FormData();
  body.append("csrf_token", token);
  body.append("file", file, name);
  request.send(body);
  return { answered, stop: () => request.abort() };
}

/** What an answer says as JSON; {} where it is a page. */
export function told(request) {
  try {
    return JSON.parse(request.responseText) || {};
  } catch {
    return {};
  }
}
