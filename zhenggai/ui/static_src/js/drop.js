// Menus made of details.zg-drop close on Escape and on a click elsewhere.
const opened = () => document.querySelectorAll("details.zg-drop[open]");

document.addEventListener("click", (event) => {
  opened().forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  opened().forEach((menu) => {
    menu.removeAttribute("open");
    menu.querySelector("summary").focus();
  });
});
