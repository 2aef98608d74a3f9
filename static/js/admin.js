// What every page of the staff has: one behaviour a file, bound by data-*. Without them links and forms do the same.
import { installBulk } from "./admin/bulk.js";
import { installPalette } from "./admin/palette.js";
import { installShortcuts } from "./admin/shortcuts.js";

for (const form of document.querySelectorAll("form[data-bulk]")) installBulk(form);
for (const link of document.querySelectorAll("a[data-palette]")) installPalette(link);
installShortcuts();
