// What every page of the staff has: one behaviour a file, bound by data-*. Without them links and forms do the same.
import { installBulk } from "./admin/bulk.js";

for (const form of document.querySelectorAll("form[data-bulk]")) installBulk(form);
