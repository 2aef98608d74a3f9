// Choosing a picture of the library, or a new one, in a dialog.
import { listItems } from "./sending.js";
import { button, dialog, line, make } from "./widgets.js";

const PAUSE = 250;

/** Ask for something to insert: {item} of the library, {files} to upload, or undefined. */
export function choosePicture({ heading = "Insert an image", files: takesFiles = true } = {}) {
  return dialog(heading, (close) => fill(close, takesFiles), { wide: true });
}

/** Ask for files of this machine: a FileList, or null where nothing was chosen. */
export function chooseFiles(accept = "") {
  return new Promise((done) => {
    const input = make("input", { type: "file", multiple: "", accept, hidden: "" });
    input.addEventListener("change", () => done(input.files));
    input.addEventListener("cancel", () => done(null));
    document.body.append(input);
    input.click();
    input.remove();
  });
}

function fill(close, takesFiles) {
  const search = line("", { type: "search", "aria-label": "Search the library", placeholder: "Search the library", autofocus: "" });
  const list = make("ul", { class: "insert-library" });
  const said = make("p", { class: "hint", role: "status" });
  const more = button("Show more", () => load(true));
  const input = make("input", { type: "file", multiple: "", accept: "image/*", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", () => input.files.length && close({ files: [...input.files] }));
  const own = button("Upload from this device", () => input.click(), { class: "button is-primary" });
  let next = null;
  let asked = null;

  async function load(isMore) {
    asked?.abort();
    asked = new AbortController();
    const { signal } = asked;
    more.hidden = true;
    said.textContent = "Looking in the library…";
    try {
      const found = await listItems({ q: search.value.trim(), after: isMore ? next : "", signal });
      if (!isMore) {
        list.replaceChildren();
      }
      const first = list.children.length;
      list.append(...found.items.map((item) => make("li", {}, picture(item, () => close({ item })))));
      next = found.next;
      more.hidden = !next;
      said.textContent = words(list.children.length, Boolean(next), search.value.trim(), takesFiles);
      if (isMore) {
        list.children[first]?.querySelector("button").focus();
      }
    } catch (problem) {
      if (problem.name !== "AbortError") {
        said.textContent = problem.why ? problem.message : "There is no connection to the library. Try again in a moment.";
      }
    }
  }

  let timer = null;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => load(false), PAUSE);
  });
  search.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), load(false)));
  load(false);
  return [
    make("div", { class: "insert-dialog-top" }, takesFiles ? [search, own, input] : [search]),
    said,
    list,
    make("div", { class: "insert-dialog-foot" }, [more, button("Cancel", () => close())]),
  ];
}

function picture(item, run) {
  const image = make("img", { src: item.thumbnail || item.url, alt: "", loading: "lazy", decoding: "async" });
  const name = make("span", { class: "insert-library-name" }, item.name);
  const told = item.alt ? item.alt : "No alternative text yet";
  return button("", run, { class: "insert-library-item", "aria-label": `${item.name}: ${told}`, title: told }).appendChild(image).parentElement.appendChild(name).parentElement;
}

function words(count, hasMore, sought, takesFiles) {
  if (count) {
    return `${count}${hasMore ? " and more" : ""} ${count === 1 ? "picture" : "pictures"}`;
  }
  if (sought) {
    return `Nothing in the library is called “${sought}”. Try another word.`;
  }
  return takesFiles ? "The library is empty. Upload the first picture from this device." : "The library is empty.";
}
