// An officer signs with a passkey: each figure ticked, options from the server, the device asked, the answer sent.
// The words stand in the form's data- attributes; see templates/components/sign.html.
"use strict";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button[type=submit]");
  const box = form.querySelector("[data-problem]");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    const ticks = [...form.querySelectorAll("input[name=agreed]")];
    const missing = ticks.filter((tick) => !tick.checked);
    if (missing.length) return tell(form.dataset.untouched, missing);
    if (!window.PublicKeyCredential) return tell(form.dataset.unable);
    busy(true);
    let sent = false;
    const said = { seen: form.elements.seen.value, agreed: ticks.map((tick) => tick.value) };
    try {
      const asked = await send(form.dataset.begin, said);
      const answer = await ask(asked.publicKey);
      sent = true;
      await send(form.dataset.finish, { ...said, answer });
      location.reload();
    } catch (error) {
      busy(false);
      tell(error.words ?? words_of(error, sent));
    }
  });

  for (const tick of form.querySelectorAll("input[name=agreed]")) {
    tick.addEventListener("change", () => { box.hidden = true; });
  }

  async function send(address, body) {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      body: JSON.stringify(body),
      redirect: "error",
    });
    if (response.ok) return response.json();
    const known = await response.json().catch(() => ({}));
    throw Object.assign(new Error("refused"), { words: known.problem ?? form.dataset.refused });
  }

  async function ask(options) {
    const publicKey = {
      ...options,
      challenge: bytes_of(options.challenge),
      allowCredentials: options.allowCredentials.map((one) => ({ ...one, id: bytes_of(one.id) })),
    };
    const { response } = await navigator.credentials.get({ publicKey });
    const { authenticatorData, clientDataJSON, signature } = response;
    return {
      response: {
        authenticatorData: text_of(authenticatorData),
        clientDataJSON: text_of(clientDataJSON),
        signature: text_of(signature),
      },
    };
  }

  function words_of(error, sent) {
    if (error.name === "NotAllowedError" || error.name === "AbortError") return form.dataset.cancelled;
    if (error.name === "SecurityError") return form.dataset.elsewhere;
    return sent ? form.dataset.unsure : form.dataset.unreached;
  }

  function tell(words, missing = []) {
    box.querySelector("p").textContent = words;
    const list = box.querySelector("ul");
    list.hidden = !missing.length;
    list.replaceChildren(...missing.map((tick) => {
      const item = document.createElement("li");
      item.textContent = tick.dataset.label;
      return item;
    }));
    box.hidden = false;
    (missing[0] ?? box).focus();
  }

  function busy(on) {
    box.hidden = true;
    if (on) button.setAttribute("aria-busy", "true");
    else button.removeAttribute("aria-busy");
    button.textContent = on ? button.dataset.working : button.dataset.label;
  }
}

function bytes_of(text) {
  return Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (character) => character.charCodeAt(0));
}

function text_of(buffer) {
  const text = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return text.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
