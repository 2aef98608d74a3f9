// What the page says about the article around the text: brought up to date after the first save, for it stays open.
const PARTS = [".desk-state", ".desk-actions"];

export class Frame {
  constructor({ saver }) {
    this.saver = saver;
    this.isNew = !saver.article;
    this.isDone = false;
    saver.on("saved", () => this.#refresh());
  }

  async #refresh() {
    if (this.isDone) return;
    this.isDone = true;
    try {
      const answer = await fetch(this.saver.address, { headers: { Accept: "text/html" }, redirect: "error" });
      if (answer.ok) this.#take(new DOMParser().parseFromString(await answer.text(), "text/html"));
      else this.isDone = false;
    } catch {
      this.isDone = false;
    }
  }

  #take(page) {
    for (const part of PARTS) {
      const [here, there] = [document.querySelector(part), page.querySelector(part)];
      if (!here || !there) continue;
      const hadFocus = here.contains(document.activeElement);
      here.replaceChildren(...[...there.children].map((child) => document.adoptNode(child)));
      if (hadFocus) here.querySelector("button")?.focus();
    }
    const side = document.querySelector(".desk-side");
    for (const panel of page.querySelectorAll(".desk-side > [aria-labelledby]")) {
      const name = panel.getAttribute("aria-labelledby");
      if (document.getElementById(name)) continue;
      if (name === "state-heading") side.prepend(document.adoptNode(panel));
      else side.append(document.adoptNode(panel));
    }
    if (this.isNew) document.title = page.title;
  }
}
