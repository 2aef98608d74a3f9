// Signing in again without leaving the page: a dialog over it, or another window for whoever signs in some other way.
import { button, element } from "./elements.js";

export class SignIn {
  constructor({ server, saver }) {
    Object.assign(this, { server, saver });
    window.addEventListener("focus", () => this.look());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.look(); });
  }

  /** Whether somebody has signed in meanwhile, in another window. */
  async look() {
    if (this.saver.trouble !== "signed-out" || this.isBusy) return;
    const session = await this.server.session();
    if (session?.signed_in) await this.#goOn(session);
  }

  open() {
    this.dialog ||= this.#make();
    this.#tell("");
    this.dialog.showModal();
  }

  #make() {
    this.email = element("input", { className: "control", type: "email", id: "sign-in-email", name: "email", autocomplete: "username", autocapitalize: "none", required: true });
    this.password = element("input", { className: "control", type: "password", id: "sign-in-password", name: "password", autocomplete: "current-password", required: true });
    this.error = element("p", { className: "field-error", role: "alert", hidden: true });
    this.send = element("button", { type: "submit", className: "button is-primary" }, "Sign in");
    const form = element(
      "form", { className: "stack", method: "post", action: "/login", novalidate: true },
      element("p", {}, "What you write is kept in this browser. It is saved as soon as you are signed in."),
      this.error,
      element("div", { className: "field" }, element("label", { for: "sign-in-email" }, "E-mail address"), this.email),
      element("div", { className: "field" }, element("label", { for: "sign-in-password" }, "Password"), this.password),
      element("div", { className: "row" }, this.send, button("Not now", () => this.dialog.close())),
      element("p", { className: "hint" }, element("a", { href: "/login?next=/admin/", target: "_blank" }, "Sign in in another window"), ", then come back here."),
    );
    form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    const dialog = element("dialog", { className: "sign-in panel", "aria-labelledby": "sign-in-heading" }, element("h2", { id: "sign-in-heading" }, "Sign in again"), form);
    document.body.append(dialog);
    return dialog;
  }

  async #submit() {
    if (this.isBusy) return;
    this.isBusy = true;
    this.send.disabled = true;
    const refusal = await this.server.signIn(this.email.value, this.password.value);
    this.password.value = "";
    this.send.disabled = false;
    this.isBusy = false;
    if (refusal) {
      this.#tell(refusal);
      this.password.focus();
    } else await this.#goOn(await this.server.session());
  }

  async #goOn(session) {
    if (this.server.isSomebodyElse) {
      if (!this.dialog?.open) this.open();
      this.#tell(`You are signed in as ${session.name || "somebody else"} now. What was written here belongs to the account that you used before: sign in with that one.`);
      return;
    }
    this.dialog?.close();
    await this.saver.resume();
  }

  #tell(sentence) {
    this.error.textContent = sentence;
    this.error.hidden = !sentence;
  }
}
