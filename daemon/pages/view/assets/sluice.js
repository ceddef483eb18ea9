// What makes the pages more pleasant where there is JavaScript. Nothing needs it.
"use strict";
(function () {
  let scrolls = new Map();

  // A page that nobody sees asks for nothing.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target.id === "live") event.preventDefault();
  });

  // The answer may be another page: the session is over, or the daemon is another version.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.target.id !== "live") return;
    if (!event.detail.xhr.responseText.includes('id="live"')) {
      event.detail.shouldSwap = false;
      if (event.detail.xhr.status < 500) location.reload();
      else tellStale(event.target);
      return;
    }
    scrolls = new Map();
    for (const box of document.querySelectorAll("#live .scroll[id]")) scrolls.set(box.id, box.scrollLeft);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, left] of scrolls) {
      const box = document.getElementById(id);
      if (box) box.scrollLeft = left;
    }
  });

  const tellStale = (live) => {
    const stale = live.querySelector(".stale");
    if (stale) stale.hidden = false;
  };
  for (const failure of ["htmx:sendError", "htmx:timeout"])
    document.addEventListener(failure, (event) => tellStale(event.target));

  // A form is sent once, however often one clicks.
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  // Back from the next page, it may be sent anew.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });
})();
