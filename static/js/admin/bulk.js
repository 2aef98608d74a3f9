// Choosing rows of a list: all of a page, from one to another with Shift, and how many are chosen. Without this each box
// is ticked by itself, and the bar with what becomes of them is opened by hand, as on a phone.
export function installBulk(form) {
  const boxes = [...form.querySelectorAll('input[name="article"]')];
  const all = form.querySelector("[data-bulk-all]");
  const page = form.querySelector("[data-bulk-page]");
  const bar = form.querySelector("[data-bulk-bar]");
  const said = form.querySelector("[data-bulk-count]");
  if (!bar || !boxes.length) return;
  const isWide = matchMedia("(min-width: 48rem)");
  let last = null;

  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    const count = all?.checked ? Number(all.dataset.bulkAll) : chosen;
    const words = count === 0 ? "none" : count === 1 ? "one" : "many";
    said.textContent = said.dataset[words].replace("#", count.toLocaleString("en"));
    const tick = page.querySelector("input");
    tick.checked = chosen === boxes.length;
    tick.indeterminate = chosen > 0 && chosen < boxes.length;
    if (count > 0 && isWide.matches) bar.open = true;
  };
  for (const box of boxes) {
    box.addEventListener("click", (event) => {
      if (event.shiftKey && last !== null) {
        const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((one, other) => one - other);
        for (const between of boxes.slice(from, to + 1)) between.checked = box.checked;
      }
      last = box;
    });
  }
  page.hidden = false;
  page.querySelector("input").addEventListener("change", (event) => {
    for (const box of boxes) box.checked = event.target.checked;
  });
  form.addEventListener("change", show);
  form.addEventListener("click", (event) => event.shiftKey && show());
  addEventListener("pageshow", show);
  show();
}
