// Choosing a picture of the library in a dialog: search, a grid of buttons, more of them, or upload one.
import { fill } from "./card.js";
import { element } from "./queue.js";
import { upload } from "./uploading.js";

/** Let somebody choose; resolves to the item as JSON, or null if they closed it. `token()` gives the form's CSRF token. */
export function choosePicture({ token }) {
  return new Promise((resolve) => new Picker(token, resolve));
}

class Picker {
  constructor(token, resolve) {
    this.token = token;
    this.chosen = null;
    this.dialog = element("dialog", "media-picker");
    this.dialog.setAttribute("aria-labelledby", "media-picker-title");
    const title = element("h2", "", "Choose a picture");
    title.id = "media-picker-title";
    const close = button("Close", () => this.dialog.close());
    const head = element("div", "page-head");
    head.append(title, close);
    this.search = labelled("search", "Search the library", "media-picker-q");
    this.file = labelled("file", "Or upload one", "media-picker-file");
    this.file.control.accept = "image/*";
    const fields = element("div", "media-picker-fields");
    fields.append(this.search.field, this.file.field);
    this.said = element("p", "muted small");
    this.said.setAttribute("role", "status");
    this.grid = element("ul", "media-grid");
    this.more = button("Show more", () => this.load(this.next));
    this.dialog.append(head, fields, this.said, this.grid, this.more);
    document.body.append(this.dialog);
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      resolve(this.chosen);
    });
    let timer;
    this.search.control.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.load(), 250);
    });
    this.search.control.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
    this.file.control.addEventListener("change", () => this.send(this.file.control.files[0]));
    this.dialog.showModal();
    this.load();
  }

  async load(after) {
    const asked = new URLSearchParams({ kind: "image", q: this.search.control.value });
    if (after) {
      asked.set("after", after);
    }
    this.asked = asked;
    try {
      const answer = await fetch(`/admin/media?${asked}`, { headers: { Accept: "application/json" } });
      const found = await answer.json();
      if (this.asked === asked) {
        this.show(found, !after);
      }
    } catch {
      this.said.textContent = "The library could not be opened. Are you still signed in?";
    }
  }

  show(found, isNew) {
    if (isNew) {
      this.grid.replaceChildren();
    }
    for (const item of found.items) {
      const card = fill(element("button", "media-card"), item);
      card.type = "button";
      card.addEventListener("click", () => this.choose(item));
      const place = document.createElement("li");
      place.append(card);
      this.grid.append(place);
    }
    this.next = found.next;
    this.more.hidden = !found.next;
    const count = this.grid.children.length;
    this.said.textContent = count ? `${count} ${count === 1 ? "picture" : "pictures"}${found.next ? " so far" : ""}` : "No picture matches.";
  }

  async send(file) {
    if (!file) {
      return;
    }
    this.said.textContent = `Uploading ${file.name} …`;
    try {
      const item = await upload(file, { token: this.token }).done;
      if (item.kind === "image") {
        this.choose(item);
      } else {
        this.said.textContent = "It is in the library now, but it is no picture.";
      }
    } catch (refusal) {
      this.said.textContent = refusal.message;
    }
  }

  choose(item) {
    this.chosen = item;
    this.dialog.close();
  }
}

function button(text, onClick) {
  const made = element("button", "button is-small", text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

function labelled(type, text, id) {
  const field = element("div", "field");
  const label = element("label", "", text);
  const control = element("input", "control");
  Object.assign(control, { type, id });
  label.htmlFor = id;
  field.append(label, control);
  return { field, control };
}
