// Single-key shortcuts work outside text controls, and can be switched off (WCAG 2.1.4).
const STORE = "zg-keys";
const TYPING = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])";
const ACTING = `${TYPING}, input, button, a[href], summary`;

const on = () => localStorage.getItem(STORE) !== "off";

function free(event, taken) {
  const combined = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  return on() && !combined && !event.defaultPrevented && !event.target.closest(taken);
}

/** A letter that is not being typed into anything. */
export const letterKey = (event) => free(event, TYPING);

/** Enter or Space that no control of its own answers to. */
export const actionKey = (event) => free(event, ACTING);

const button = document.querySelector("[data-keys]");
if (button) {
  const show = () => {
    button.textContent = on() ? "快捷键：开" : "快捷键：关";
    button.setAttribute("aria-pressed", String(on()));
  };
  button.addEventListener("click", () => {
    localStorage.setItem(STORE, on() ? "off" : "on");
    show();
  });
  show();
}
