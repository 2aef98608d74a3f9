// Making elements. Texts are set as text, never as HTML.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "className") made.className = value;
    else if (key === "dataset") Object.assign(made.dataset, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export function button(label, act, kind = "") {
  const made = element("button", { type: "button", className: ["button", "is-small", kind].filter(Boolean).join(" ") }, label);
  made.addEventListener("click", act);
  return made;
}
