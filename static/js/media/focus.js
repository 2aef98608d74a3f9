// What must stay in sight: a mark on the picture, moved by clicking and by the arrow keys. The two number fields are the truth.

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export function installFocus(stage) {
  const picture = stage.querySelector("img");
  const fields = [document.getElementById("focus_x"), document.getElementById("focus_y")];
  if (!picture || fields.includes(null)) {
    return;
  }
  document.querySelector("[data-focus-hint]").hidden = false;
  const mark = document.createElement("button");
  mark.type = "button";
  mark.className = "media-mark";
  stage.append(mark);

  const place = () => {
    const [x, y] = fields.map((field) => clamp(Number(field.value)));
    mark.style.left = `${x}%`;
    mark.style.top = `${y}%`;
    mark.setAttribute("aria-label", `What must stay in sight: ${x} per cent from the left, ${y} from the top. Arrow keys move it.`);
  };
  const move = (x, y) => {
    fields[0].value = clamp(Math.round(x));
    fields[1].value = clamp(Math.round(y));
    place();
  };
  const moveTo = (event) => {
    const box = picture.getBoundingClientRect();
    move(((event.clientX - box.left) / box.width) * 100, ((event.clientY - box.top) / box.height) * 100);
  };

  picture.addEventListener("click", moveTo);
  mark.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step) {
      event.preventDefault();
      const far = event.shiftKey ? 10 : 1;
      move(Number(fields[0].value) + step[0] * far, Number(fields[1].value) + step[1] * far);
    }
  });
  mark.addEventListener("pointerdown", (event) => {
    mark.setPointerCapture(event.pointerId);
    mark.addEventListener("pointermove", moveTo);
  });
  mark.addEventListener("pointerup", () => mark.removeEventListener("pointermove", moveTo));
  for (const field of fields) {
    field.addEventListener("input", place);
  }
  place();
}

function clamp(value) {
  return Math.min(100, Math.max(0, Number.isFinite(value) ? value : 50));
}
