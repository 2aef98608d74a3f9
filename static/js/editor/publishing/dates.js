// What the typed dates will do, in a sentence. A typed time is the site's own: it is never turned into another zone.
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TYPED = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d)/;

export function tellWhatHappens(form) {
  const box = form.querySelector("[data-dates]");
  const said = box?.querySelector("[data-what-happens]");
  if (!said) {
    return;
  }
  const from = form.elements.publish_at;
  const until = form.elements.withdraw_at;
  const before = [from.value, until.value].join();
  box.addEventListener("input", () => {
    said.hidden = [from.value, until.value].join() === before;
    said.textContent = said.hidden ? "" : sentence(from.value, until.value, nowIn(form.dataset.zone));
  });
}

/** "Readers will see it on Mon 23 Nov 2026, 09:00." for typed times and the site's time now, all as 2026-11-23T09:00. */
export function sentence(from, until, now) {
  if (until && (until <= now || (from && until <= from))) {
    return from && until <= from ? "It would be withdrawn before it is published." : "The time to withdraw it has passed.";
  }
  const begins = from > now ? `Readers will see it on ${named(from)}` : "Readers will see it at once";
  return `${begins}${until ? `, until ${named(until)}` : ""}.`;
}

function named(typed) {
  const [, year, month, day, time] = TYPED.exec(typed) ?? [];
  if (!time) {
    return typed;
  }
  const weekday = DAYS[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return `${weekday} ${Number(day)} ${MONTHS[month - 1]} ${year}, ${time}`;
}

function nowIn(zone) {
  try {
    const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "short" });
    return parts.format(new Date()).replace(" ", "T");
  } catch {
    return new Date().toISOString().slice(0, 16); // a zone that this browser does not know
  }
}
