// A file as the grid shows it: the same as templates/admin/media/index.html makes.
import { element } from "./queue.js";

export function faceOf(item) {
  const face = element("span", "media-face");
  if (item.thumbnail) {
    const picture = document.createElement("img");
    Object.assign(picture, { src: item.thumbnail, alt: "", width: 400, height: 400, loading: "lazy" });
    face.append(picture);
  } else {
    face.append(element("span", "media-sort", item.url.split(".").pop().toUpperCase()));
  }
  return face;
}

export function factsOf(item) {
  const size = item.width ? ` · ${item.width.toLocaleString("en")} × ${item.height.toLocaleString("en")}` : "";
  return `${item.url.split(".").pop().toUpperCase()}${size}`;
}

export function fill(card, item) {
  const name = element("span", "media-name");
  name.append(element("bdi", "", item.name));
  card.append(faceOf(item), name, element("span", "media-facts", factsOf(item)));
  return card;
}
