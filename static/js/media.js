// The library's script: each upload with its progress, files dropped or pasted anywhere on the page, and the focal point.
// Without it the form sends its files all at once, and the focal point is two numbers.
import { fill } from "./media/card.js";
import { installFocus } from "./media/focus.js";
import { element, Queue } from "./media/queue.js";

for (const form of document.querySelectorAll("form[data-upload]")) {
  installUploads(form);
}
for (const stage of document.querySelectorAll("[data-focus]")) {
  installFocus(stage);
}

function installUploads(form) {
  const input = form.elements.file;
  const queue = new Queue({
    form,
    list: document.querySelector("[data-uploads]"),
    said: document.querySelector("[data-uploads-said]"),
    onDone: addToGrid,
  });
  form.querySelector("[data-drop-hint]").hidden = false;
  form.querySelector("button[type=submit]").hidden = true;
  input.addEventListener("change", () => {
    queue.add(input.files);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  installDropping(queue);
  addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) {
      event.preventDefault();
      queue.add(event.clipboardData.files);
    }
  });
}

function installDropping(queue) {
  let depth = 0;
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  const show = (isOver) => document.body.classList.toggle("is-dropping", isOver);
  addEventListener("dragenter", (event) => {
    if (hasFiles(event)) {
      depth += 1;
      show(true);
    }
  });
  addEventListener("dragleave", (event) => {
    if (hasFiles(event)) {
      depth = Math.max(0, depth - 1);
      show(depth > 0);
    }
  });
  addEventListener("dragover", (event) => hasFiles(event) && event.preventDefault());
  addEventListener("drop", (event) => {
    depth = 0;
    show(false);
    if (hasFiles(event)) {
      event.preventDefault();
      queue.add(event.dataTransfer.files);
    }
  });
}

/** In place of what an empty library, or a search without an answer, says. */
function firstGrid() {
  const grid = element("ul", "media-grid");
  grid.setAttribute("aria-label", "Files");
  document.querySelector("main > .empty")?.remove();
  document.querySelector("main").append(grid);
  return grid;
}

function addToGrid(item) {
  const address = `/admin/media/${item.id}`;
  const grid = document.querySelector("main > .media-grid") ?? firstGrid();
  if (grid.querySelector(`a[href="${address}"]`)) {
    return;
  }
  const card = fill(element("a", "media-card"), item);
  card.href = address;
  const place = document.createElement("li");
  place.append(card);
  grid.prepend(place);
}
