// htmx under a strict content policy, and what a person sees when a request fails.
import htmx from "htmx.org";
import { toast } from "./toasts.js";

Object.assign(htmx.config, {
  allowEval: false,
  includeIndicatorStyles: false,
  selfRequestsOnly: true,
  historyCacheSize: 0, // pages hold names and cases: keep no copies in the browser's storage
  refreshOnHistoryMiss: true,
  timeout: 60000,
});

const isPage = (xhr) => /^\s*<!doctype/i.test(xhr.responseText);
const wantsPage = (detail) => detail.boosted || detail.selectOverride || detail.elt.closest("[hx-select]");

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  const { xhr } = detail;
  if (xhr.status >= 400) {
    // Our own fragments say where they go; a form with errors (422) goes where its request was sent to.
    detail.shouldSwap = xhr.status === 422 || Boolean(xhr.getResponseHeader("HX-Retarget"));
    if (!detail.shouldSwap) toast(`没有办成（${xhr.status}），内容还在本页，请再试一次`);
  } else if (isPage(xhr) && !wantsPage(detail)) {
    // A whole page in place of a fragment: the session has ended and this is the login page.
    detail.shouldSwap = false;
    window.location.reload();
  }
});
document.addEventListener("htmx:sendError", () => toast("没有连上服务器，内容还在本页，请再试一次"));
document.addEventListener("htmx:timeout", () => toast("等了一分钟没有应答，内容还在本页，请再试一次"));
