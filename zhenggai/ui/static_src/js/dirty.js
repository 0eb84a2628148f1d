// <form data-dirty>: what was typed is not lost without a question. The server writes data-dirty="yes"
// when it sends a form back with errors.
const QUESTION = "这里填的内容还没有保存，要离开吗？";
const unsaved = (root) => root.querySelector('form[data-dirty="yes"]');

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-dirty]");
  if (form) form.dataset.dirty = "yes";
});
const sent = (event) => {
  if (event.target.matches("[data-dirty]")) event.target.dataset.dirty = "sent";
};
document.addEventListener("submit", sent, true); // before htmx sends it
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, () => {
    document.querySelectorAll('form[data-dirty="sent"]').forEach((form) => (form.dataset.dirty = "yes"));
  });
}
window.addEventListener("beforeunload", (event) => {
  if (!unsaved(document)) return;
  event.preventDefault();
  event.returnValue = QUESTION; // browsers before 119 ask only when this is set
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const { target } = event.detail;
  if (target && unsaved(target) && !window.confirm(QUESTION)) event.preventDefault();
});
