// Copies the values of an outgoing record, and counts what is ticked. Keys and drafts of its desk are
// entry.js, which is loaded before; the form is sent and checked without both.
"use strict";
(function () {
  const form = document.querySelector("form[data-outgoing]");
  if (!form) return;

  // ---- What is ticked

  const ticks = [...form.querySelectorAll("[name^='tick.']")];
  const progress = document.getElementById("progress");
  const count = () => {
    const ticked = ticks.filter((one) => one.checked).length;
    progress.textContent = progress.dataset.pattern.replace("#", ticked);
  };
  form.addEventListener("change", count);
  // A draft of this browser is put into the form without a change of one's own.
  document.getElementById("offer").addEventListener("click", count);
  count();

  // ---- Copying

  const said = document.getElementById("copied");
  const marks = [...form.querySelectorAll(".copied")];
  const exact = ({ dataset, textContent }) =>
    dataset.exact === undefined ? textContent : decodeURIComponent(dataset.exact);

  // For an old browser, and for one that gives nobody its clipboard. The value stays selected where
  // that fails as well.
  const copyByEvent = (shown, value) => {
    let isGiven = false;
    const give = (event) => {
      event.clipboardData.setData("text/plain", value);
      event.preventDefault();
      isGiven = true;
    };
    getSelection().selectAllChildren(shown);
    document.addEventListener("copy", give);
    try { document.execCommand("copy"); } catch { /* It is told below. */ }
    document.removeEventListener("copy", give);
    if (isGiven) getSelection().removeAllRanges();
    return isGiven;
  };
  // Whether it is on the clipboard, so that one may go on.
  const copy = async (row) => {
    for (const mark of marks) mark.textContent = "";
    const button = row.querySelector("[data-copy]");
    if (!button) { // There is no value: what was copied before is not to be pasted for it.
      said.textContent = row.querySelector(".value").textContent.trim();
      try { await navigator.clipboard.writeText(""); } catch { /* It stays as it is, and is told so. */ }
      return true;
    }
    const shown = row.querySelector(".value");
    const value = exact(shown);
    let isCopied = true;
    try { await navigator.clipboard.writeText(value); } catch { isCopied = copyByEvent(shown, value); }
    const told = isCopied ? said.dataset.copied : said.dataset.notCopied;
    row.querySelector(".copied").textContent = told;
    said.textContent = `${button.dataset.copy} ${told}`;
    return isCopied;
  };

  for (const button of form.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button.closest(".carry")));
  }
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const isCopy = event.key.toLowerCase() === "c" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const place = ticks.indexOf(at);
    // A value that is selected is copied by the browser itself.
    if (!isCopy || place < 0 || !getSelection().isCollapsed) return;
    event.preventDefault();
    const next = ticks[place + 1] ?? form.elements.receipt;
    copy(at.closest(".carry")).then((isCopied) => { if (isCopied) next.focus(); });
  });
})();
