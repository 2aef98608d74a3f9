// Talking with the server. Every answer becomes {kind, …}: nothing here throws.
//   saved (with what the server said), refused (fields), send-all (the version is not kept any more), signed-out,
//   forbidden, gone, too-large, unreachable
const PATIENCE = 30_000;

export class Server {
  constructor(form) {
    this.form = form;
  }

  /** Send a save, or anything else that is answered like one; with a new token where the old one has expired. */
  async post(address, params) {
    if (this.isSomebodyElse) return { kind: "signed-out" };
    const answer = await this.#send(address, params);
    if (answer.kind !== "csrf") return answer;
    const session = await this.session();
    if (!session) return { kind: "unreachable" };
    if (!session.signed_in || this.isSomebodyElse) return { kind: "signed-out" };
    return this.#kindOf(await this.#send(address, params));
  }

  /**
   * Who is signed in: {signed_in, csrf_token, account_id, name}, null where the server does not answer. The form gets
   * the token, unless it is another person's: nobody's words are saved in another's name.
   */
  async session() {
    try {
      const answer = await fetch("/admin/session.json", { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) return null;
      const session = await answer.json();
      const mine = this.form.dataset.accountId;
      this.isSomebodyElse = session.signed_in && Boolean(mine && session.account_id) && String(session.account_id) !== mine;
      this.token = session.csrf_token;
      return session;
    } catch {
      return null;
    }
  }

  /** Sign in without leaving the page; "" or the sentence why not. */
  async signIn(email, password) {
    const session = await this.session();
    if (!session) return "The server does not answer. Please try again.";
    try {
      const body = new URLSearchParams({ csrf_token: this.token, email, password, next: "/admin/session.json" });
      const answer = await fetch("/login", { method: "POST", body });
      const now = await this.session();
      if (now?.signed_in) return "";
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const said = page.querySelector("main .notice.is-bad li, main .field-error");
      return said?.textContent.trim() || "That did not work. Please try again.";
    } catch {
      return "The server does not answer. Please try again.";
    }
  }

  get token() {
    return this.form.elements.namedItem("csrf_token").value;
  }

  set token(token) {
    for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
  }

  #kindOf(answer) {
    return answer.kind === "csrf" ? { kind: "signed-out" } : answer;
  }

  async #send(address, params) {
    const body = new URLSearchParams(params);
    body.set("csrf_token", this.token);
    try {
      const answer = await fetch(address, {
        method: "POST", body, headers: { Accept: "application/json" }, redirect: "error", signal: patience(),
      });
      const said = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : null;
      return understand(answer, said);
    } catch {
      return { kind: "unreachable", isOffline: !navigator.onLine };
    }
  }
}

function understand(answer, said) {
  const { status } = answer;
  if (answer.ok && said) return { kind: "saved", at: new Date(answer.headers.get("date") || Date.now()), ...said };
  if (status === 401) return { kind: "signed-out" };
  if (status === 400 && said?.error === "csrf") return { kind: "csrf" };
  if (status === 403) return { kind: "forbidden" };
  if (status === 404 || status === 410) return { kind: "gone" };
  if (status === 413) return { kind: "too-large" };
  if (status === 409 && said?.error === "send-all") return { kind: "send-all" };
  if (said && (status === 422 || status === 400)) return { ...said, kind: "refused", fields: said.fields || {} };
  return { kind: "unreachable", status };
}

function patience() {
  return AbortSignal.timeout ? AbortSignal.timeout(PATIENCE) : undefined;
}
