// Pictures and files that are being uploaded: a placeholder stands in the text, which is no part of it, until the library
// has answered. A file that could not be sent stays there with the reason, to be sent again or removed.
import { Extension } from "@tiptap/core";
import { Plugin, PluginKey } from "@tiptap/pm/state";
import { Decoration, DecorationSet } from "@tiptap/pm/view";

import { Refused, send, Stopped } from "./sending.js";
import { announce, button, make } from "./widgets.js";

const key = new PluginKey("uploads");
const AT_ONCE = 2;

/** The extension; `insert(transaction, position, item)` puts what the library answered into the text. */
export function uploads(form, insert) {
  return Extension.create({
    name: "uploads",
    addStorage: () => ({ queue: null }),
    onCreate() {
      this.storage.queue = new Queue(this.editor, form, insert);
    },
    onDestroy() {
      this.storage.queue?.close();
    },
    addProseMirrorPlugins: () => [plugin()],
  });
}

/** Upload files and put them at a position, one below the other. */
export function upload(editor, files, position) {
  editor.storage.uploads.queue.add([...files], position);
}

/** Let a transaction bring placeholders for [{file, position}], which are uploaded after it. */
export function uploadWith(editor, transaction, wanted) {
  return editor.storage.uploads.queue.addTo(transaction, wanted);
}

/** Whether something is on its way, or waits to be sent again. */
export function hasUploads(editor) {
  return key.getState(editor.state).items.length > 0;
}

function plugin() {
  return new Plugin({
    key,
    state: {
      init: () => ({ items: [], decorations: DecorationSet.empty }),
      apply(transaction, held) {
        const told = transaction.getMeta(key);
        if (!told && !transaction.docChanged) {
          return held;
        }
        const done = held.items.findIndex((item) => item.upload === told?.remove);
        let items = held.items.map((item, at) => {
          // Several files at one place keep their order, whichever of them is there first.
          const isBelow = done >= 0 && at > done;
          return { ...item, position: transaction.mapping.map(item.position, isBelow ? 1 : -1) };
        });
        items = items.filter((_, at) => at !== done);
        if (told?.add) {
          items = [...items, ...told.add];
        }
        const widgets = items.map(({ position, upload: one }) =>
          Decoration.widget(position, () => one.element, {
            key: one.id,
            side: -1,
            ignoreSelection: true,
            stopEvent: () => true,
          }),
        );
        return { items, decorations: DecorationSet.create(transaction.doc, widgets) };
      },
    },
    props: { decorations: (state) => key.getState(state).decorations },
  });
}

class Queue {
  constructor(editor, form, insert) {
    this.editor = editor;
    this.form = form;
    this.insert = insert;
    this.waiting = [];
    this.running = new Set();
    this.failed = new Set();
    this.again = () => this.failed.forEach((upload) => upload.why === "offline" && this.retry(upload));
    this.warn = (event) => {
      if (hasUploads(this.editor)) {
        event.preventDefault();
      }
    };
    window.addEventListener("online", this.again);
    window.addEventListener("beforeunload", this.warn);
  }

  close() {
    window.removeEventListener("online", this.again);
    window.removeEventListener("beforeunload", this.warn);
    this.running.forEach((upload) => upload.sent?.stop());
  }

  add(files, position) {
    const { tr } = this.editor.state;
    this.addTo(tr, files.map((file) => ({ file, position })));
    this.editor.view.dispatch(tr.setMeta("addToHistory", false));
  }

  /** Let a transaction bring placeholders for [{file, position}]; the files are sent after it. */
  addTo(transaction, wanted) {
    const added = wanted.map(({ file, position }) => ({ position, upload: this.placeholder(file) }));
    this.waiting.push(...added.map((item) => item.upload));
    queueMicrotask(() => this.next());
    return transaction.setMeta(key, { add: added });
  }

  placeholder(file) {
    const upload = { id: crypto.randomUUID(), file, sent: null, why: "" };
    upload.words = make("span", { class: "upload-words" }, `${file.name || "Picture"} is waiting…`);
    upload.bar = make("progress", { max: "1", value: "0", "aria-label": `Uploading ${file.name || "a picture"}` });
    upload.actions = make("span", { class: "upload-actions" });
    upload.element = make("div", { class: "upload", contenteditable: "false" }, [
      upload.words,
      upload.bar,
      upload.actions,
    ]);
    this.offer(upload, [["Cancel", () => this.cancel(upload)]]);
    return upload;
  }

  offer(upload, actions) {
    const name = upload.file.name || "the picture";
    upload.actions.replaceChildren(
      ...actions.map(([label, run]) => button(label, run, { "aria-label": `${label}: ${name}` })),
    );
  }

  next() {
    while (this.running.size < AT_ONCE && this.waiting.length) {
      this.start(this.waiting.shift());
    }
  }

  async start(upload) {
    const name = upload.file.name || "picture";
    this.running.add(upload);
    upload.element.classList.remove("is-failed");
    upload.bar.hidden = false;
    upload.bar.value = 0;
    upload.words.textContent = `Uploading ${name}…`;
    this.offer(upload, [["Cancel", () => this.cancel(upload)]]);
    upload.sent = send(upload.file, this.form, (fraction) => {
      upload.bar.value = fraction;
      upload.words.textContent = fraction < 1 ? `Uploading ${name}…` : `Preparing ${name}…`;
    });
    try {
      const item = await upload.sent.done;
      const position = this.positionOf(upload);
      if (position !== null) {
        const { tr } = this.editor.state;
        this.insert(tr, position, item);
        this.editor.view.dispatch(tr.setMeta(key, { remove: upload }));
        announce(`${name} is in the text.`);
      }
    } catch (problem) {
      if (!(problem instanceof Stopped)) {
        this.fail(upload, problem);
      }
    } finally {
      this.running.delete(upload);
      this.next();
    }
  }

  fail(upload, problem) {
    const name = upload.file.name || "The picture";
    const isKnown = problem instanceof Refused;
    upload.why = isKnown ? problem.why : "offline";
    upload.bar.hidden = true;
    upload.element.classList.add("is-failed");
    const sentence = isKnown ? problem.message : "There is no connection. The file is kept here: send it again when there is.";
    upload.words.textContent = `${name} is not uploaded. ${sentence}`;
    this.failed.add(upload);
    this.offer(upload, [
      ["Try again", () => this.retry(upload)],
      ["Remove", () => this.cancel(upload)],
    ]);
    announce(upload.words.textContent);
  }

  retry(upload) {
    this.failed.delete(upload);
    upload.words.textContent = `${upload.file.name || "The picture"} is waiting…`;
    this.waiting.push(upload);
    this.next();
  }

  cancel(upload) {
    upload.sent?.stop();
    this.failed.delete(upload);
    this.waiting = this.waiting.filter((other) => other !== upload);
    this.tell({ remove: upload });
    this.editor.view.focus();
    announce(`${upload.file.name || "The picture"}: not uploaded.`);
  }

  positionOf(upload) {
    return key.getState(this.editor.state).items.find((item) => item.upload === upload)?.position ?? null;
  }

  tell(told) {
    this.editor.view.dispatch(this.editor.state.tr.setMeta(key, told).setMeta("addToHistory", false));
  }
}
