// The writing desk's script, loaded where an article is edited and nowhere else: the document in place of the textarea,
// and around it the tools, what can be inserted, and saving. Without it the form works with its textarea.
import { openDocument } from "./editor/document/index.js";
import * as inserts from "./editor/inserts/index.js";
import { installPublishing } from "./editor/publishing/index.js";
import * as saving from "./editor/saving/index.js";
import * as tools from "./editor/tools/index.js";

for (const form of document.querySelectorAll("form[data-editor]")) {
  open(form);
}

function open(form) {
  if (form.elements.body_format?.value === "markdown") {
    installPublishing(form, null, saving.installSaving(null, form));
    return;
  }
  const field = form.elements.body;
  const mount = document.createElement("div");
  mount.className = "document";
  field.before(mount);
  const doc = openDocument({
    mount,
    field,
    html: field.value,
    ids: JSON.parse(form.dataset.blockIds || "[]"),
    extensions: [...tools.extensions(form), ...inserts.extensions(form), ...saving.extensions(form)],
  });
  tools.installTools(doc, form);
  inserts.installInserts(doc, form);
  installPublishing(form, doc, saving.installSaving(doc, form));
}
