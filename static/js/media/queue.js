// The uploads of a page: two at a time, a row for each with its progress, to be cancelled and tried again.
import { freshToken, Refusal, upload } from "./uploading.js";

const AT_ONCE = 2;

export class Queue {
  /** `list` holds the rows, `said` is the live region, `onDone(item)` is told of each file that is in the library. */
  constructor({ list, said, form, onDone }) {
    Object.assign(this, { list, said, form, onDone });
    this.most = Number(form.dataset.most);
    this.waiting = [];
    this.running = 0;
    this.total = this.finished = this.failed = 0;
    addEventListener("beforeunload", (event) => {
      if (this.running || this.waiting.length) {
        event.preventDefault();
      }
    });
  }

  add(files) {
    for (const file of files) {
      this.total += 1;
      this.waiting.push(new Row(this, file));
    }
    this.list.hidden = this.list.children.length === 0;
    this.next();
  }

  next() {
    while (this.running < AT_ONCE && this.waiting.length) {
      this.start(this.waiting.shift());
    }
    this.tell();
  }

  async start(row) {
    this.running += 1;
    try {
      const item = await row.send();
      this.finished += 1;
      this.onDone(item);
    } catch (refusal) {
      this.failed += 1;
      row.refuse(refusal);
    } finally {
      this.running -= 1;
      this.next();
    }
  }

  again(row) {
    this.failed -= 1;
    this.waiting.push(row);
    this.next();
  }

  dropOut(row) {
    this.waiting = this.waiting.filter((other) => other !== row);
    this.total -= 1;
    row.element.remove();
    this.next();
  }

  tell() {
    const parts = [`${this.finished} of ${this.total} uploaded`];
    if (this.failed) {
      parts.push(`${this.failed} not taken`);
    }
    this.said.textContent = this.total ? `${parts.join(", ")}.` : "";
    this.list.hidden = this.list.children.length === 0;
  }

  token() {
    return this.form.elements.csrf_token.value;
  }

  async renewToken() {
    const token = await freshToken();
    if (token) {
      this.form.elements.csrf_token.value = token;
    }
    return Boolean(token);
  }
}

class Row {
  constructor(queue, file) {
    this.queue = queue;
    this.file = file;
    this.element = element("div", "upload");
    this.name = element("span", "upload-name", file.name || "pasted picture");
    this.button = element("button", "button is-small", "Cancel");
    this.button.type = "button";
    this.said = element("span", "upload-said", "Waiting");
    this.bar = element("progress");
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", `Upload of ${this.name.textContent}`);
    this.element.append(this.name, this.button, this.bar, this.said);
    this.button.addEventListener("click", () => this.press());
    queue.list.append(this.element);
  }

  async send() {
    if (this.file.size > this.queue.most) {
      const most = Math.floor(this.queue.most / 1048576);
      throw new Refusal(`This file is too large: ${most} MiB is the most.`, { mayRetry: false });
    }
    this.show("Uploading", "Cancel");
    this.bar.hidden = false;
    let item;
    try {
      item = await this.attempt();
    } catch (refusal) {
      if (!refusal.isExpired || !(await this.queue.renewToken())) {
        throw refusal;
      }
      item = await this.attempt();
    }
    this.bar.hidden = true;
    this.button.remove();
    this.show(item.was_known ? "The library had it already" : "Uploaded", "");
    const link = element("a", "upload-name", item.name);
    link.href = `/admin/media/${item.id}`;
    this.name.replaceWith(link);
    return item;
  }

  attempt() {
    const { done, cancel } = upload(this.file, {
      token: () => this.queue.token(),
      onProgress: (part) => {
        this.bar.value = part;
        if (part === 1) {
          this.said.textContent = "Being worked on";
        }
      },
    });
    this.cancel = cancel;
    return done.finally(() => {
      this.cancel = null;
    });
  }

  refuse(refusal) {
    this.bar.hidden = true;
    this.element.classList.add("is-refused");
    this.show(refusal.message, refusal.mayRetry ? "Try again" : "Dismiss");
    this.isRetry = refusal.mayRetry;
    this.isOver = true;
  }

  press() {
    if (this.cancel) {
      this.cancel();
    } else if (!this.isOver) {
      this.queue.dropOut(this);
    } else if (this.isRetry) {
      this.isOver = false;
      this.element.classList.remove("is-refused");
      this.show("Waiting", "Cancel");
      this.queue.again(this);
    } else {
      this.element.remove();
      this.queue.tell();
    }
  }

  show(said, button) {
    this.said.textContent = said;
    this.button.textContent = button;
    this.button.setAttribute("aria-label", `${button}: ${this.name.textContent}`);
  }
}

export function element(name, className = "", text = "") {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}
