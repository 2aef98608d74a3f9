// Passkeys: what nothing but a script can do. Each form[data-passkey] gets its fields filled in by the browser's own
// dialogue and is then sent as any other form. The words people read stand in the form's data attributes.
import { create, get, isKnown } from "./passkeys/device.js";

const REFRESHED_EVERY = 10 * 60 * 1000; // the server forgets a challenge after 15 minutes
let waiting = null; // what the browser may offer in the e-mail field, until a button is pressed
let refreshing = 0;
let asking = Promise.resolve();

if (isKnown()) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    install(form);
  }
}

function install(form) {
  const button = form.querySelector("[data-passkey-button]");
  form.hidden = false;
  form.parentElement.querySelector("[data-passkey-missing]")?.remove();
  const steps = form.dataset.passkey === "new" ? makeAndUse(form) : useOne(form);
  button.addEventListener("click", async () => {
    if (!form.reportValidity()) {
      return;
    }
    waiting?.abort();
    button.disabled = true;
    await told(form, steps);
    button.disabled = false;
    startOffering(form);
  });
  form.addEventListener("submit", (event) => {
    if (!form.elements.used.value) {
      event.preventDefault(); // Enter in a field is the button
      button.click();
    }
  });
  startOffering(form);
}

// One press makes the passkey, the next uses it: browsers want a press for each of their dialogues.
function makeAndUse(form) {
  const button = form.querySelector("[data-passkey-button]");
  let asked = null;
  let made = null;
  return async () => {
    if (!made) {
      asked = await ask(form);
      made = await create(asked.create);
      form.elements.made.value = JSON.stringify(made);
      button.textContent = form.dataset.try;
      say(form, form.dataset.made);
      return;
    }
    const allowCredentials = [{ type: "public-key", id: made.id, transports: made.response.transports }];
    send(form, await get({ ...asked.get, allowCredentials }));
  };
}

function useOne(form) {
  return async () => send(form, await get(await ask(form)));
}

// Where the browser has it: passkeys among what it suggests for the e-mail address.
async function startOffering(form) {
  if (!("conditional" in form.dataset) || !(await window.PublicKeyCredential.isConditionalMediationAvailable?.())) {
    return;
  }
  waiting?.abort();
  waiting = new AbortController();
  clearTimeout(refreshing);
  refreshing = setTimeout(() => startOffering(form), REFRESHED_EVERY);
  const { signal } = waiting;
  try {
    const options = await ask(form);
    if (!signal.aborted) {
      send(form, await get(options, { mediation: "conditional", signal }));
    }
  } catch {
    // Nobody has asked for it, so nobody need hear that it did not come to anything.
  }
}

async function told(form, steps) {
  try {
    await steps();
  } catch (error) {
    const words = { NotAllowedError: form.dataset.cancelled, AbortError: form.dataset.cancelled, InvalidStateError: form.dataset.known };
    say(form, words[error.name] ?? error.sentence ?? form.dataset.failed);
  }
}

function say(form, words) {
  form.querySelector("[data-passkey-said]").textContent = words;
}

function send(form, used) {
  form.elements.used.value = JSON.stringify(used);
  form.submit();
}

// One after the other: the cookie holds the challenge that was asked for last, and so must the page.
function ask(form) {
  asking = asking.then(() => fetchOptions(form), () => fetchOptions(form));
  return asking;
}

async function fetchOptions(form) {
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(form.dataset.options, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = await answer.json();
  if (!answer.ok) {
    throw Object.assign(new Error("refused"), { sentence: said.sentence });
  }
  return said;
}
