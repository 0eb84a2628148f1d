// Every page works without this file: plain forms and links lie underneath.
import "./js/request.js";
import "./js/counter.js";
import "./js/dirty.js";
import "./js/drop.js";
import "./js/field.js";
import "./js/guard.js";
import "./js/help.js";
import "./js/keys.js";
import "./js/map.js";
import "./js/passage.js";
import "./js/picks.js";
import "./js/print.js";
import "./js/rows.js";
import "./js/search.js";
import "./js/toasts.js";
import "./js/upload.js";
import "./js/viewer.js";

document.documentElement.classList.add("zg-js");
// On a phone the index is a row: bring the current page's entry into it.
document.querySelector(".zg-index [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
