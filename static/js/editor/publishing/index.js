// Publishing from the desk: what will happen in words as dates are typed, and advice that leads to its place.
import { Advice } from "./advice.js";
import { tellWhatHappens } from "./dates.js";

/** Install it on the form; doc is null where the text is written in the textarea. */
export function installPublishing(form, doc, saver) {
  new Advice(saver);
  tellWhatHappens(form);
  leadToPlaces(form, doc);
}

// A link of the check leads to a field; within the text, to the block.
function leadToPlaces(form, doc) {
  form.addEventListener("click", (event) => {
    const link = event.target.closest("#check a");
    if (!link) {
      return;
    }
    const control = form.elements[link.hash.slice(1)];
    const fold = control?.closest?.("details");
    if (fold) {
      fold.open = true;
    }
    if (link.hash !== "#body" || !doc) {
      return;
    }
    event.preventDefault();
    const id = link.dataset.block;
    if (id && doc.blocks().some(([held]) => held === id)) {
      doc.focusBlock(id);
    } else {
      doc.editor.commands.focus();
    }
  });
}
