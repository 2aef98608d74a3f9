// The cover image of an article, chosen from the library. Without this its address is typed.
import { choosePicture } from "./media/picker.js";

for (const place of document.querySelectorAll("[data-cover]")) {
  install(place);
}

function install(place) {
  const form = place.closest("form");
  const { cover_url: address, cover_alt: words } = form.elements;
  const choose = document.createElement("button");
  choose.type = "button";
  choose.className = "button is-small";
  choose.textContent = "Choose from the library…";
  const shown = document.createElement("img");
  shown.className = "cover-shown";
  shown.alt = "";

  const show = () => {
    shown.hidden = !address.value.startsWith("/media/");
    if (!shown.hidden && shown.getAttribute("src") !== address.value) {
      shown.src = address.value;
    }
  };
  const put = (field, value) => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };
  choose.addEventListener("click", async () => {
    const former = words.value;
    const item = await choosePicture({ token: () => form.elements.csrf_token.value });
    choose.focus();
    if (item) {
      put(address, item.url);
      if (item.alt || !former) {
        put(words, item.alt);
      }
    }
  });
  address.addEventListener("input", show);
  place.append(shown, choose);
  show();
}
