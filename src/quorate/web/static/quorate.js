// What pages gain from scripts; each of them works without.
"use strict";

// A form is sent once: its button says so and ignores repeats.
document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter ?? form.querySelector("[data-busy]");
  if (form.dataset.sent) return event.preventDefault();
  if (!button?.dataset.busy) return;
  form.dataset.sent = "yes";
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy;
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.querySelectorAll("form[data-sent]")) location.reload();
});

// Copy buttons appear where copying is possible.
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const label = button.textContent;
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.copied;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}

// What is wrong is read first.
document.querySelector(".error-summary")?.focus();
