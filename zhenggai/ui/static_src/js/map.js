// The war map on a phone is wider than its window: it opens with today in the middle of what the first column leaves free.
const day = document.querySelector(".zg-map__day");
const frame = day?.closest(".zg-scroll");
if (frame) {
  const { left } = frame.getBoundingClientRect();
  const tasks = frame.querySelector(".zg-stick").offsetWidth;
  frame.scrollLeft = day.getBoundingClientRect().left - left - (tasks + frame.clientWidth) / 2;
}
