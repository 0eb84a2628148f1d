// A form is sent once, however often its button is pressed; what is aria-disabled does nothing.
const RELEASE = 15000; // after this a person may try again without reloading

function hold(form, held) {
  form.toggleAttribute("data-sent", held);
  form.setAttribute("aria-busy", String(held));
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("data-again")) return;
    if (form.hasAttribute("data-sent")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    hold(form, true);
    setTimeout(() => hold(form, false), RELEASE);
  },
  true,
);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest("form[data-sent]");
  if (form) hold(form, false);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => hold(form, false));
});

document.addEventListener(
  "click",
  (event) => {
    if (!event.target.closest('[aria-disabled="true"]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
