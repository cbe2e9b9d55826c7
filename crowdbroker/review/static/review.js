// What every page does beyond plain links and forms: keys that act where they are shown.
"use strict";

(() => {
  const inField = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // An element says its key: <button data-key="a"> is pressed, <a data-key="j"> followed, a field focused.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // A key that is held down would act on every page that comes next, unseen.
    if (event.repeat) return;
    if (event.key === "Escape" && inField(event.target)) {
      event.target.blur();
      return;
    }
    if (inField(event.target)) return;
    const found = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!found || found.disabled) return;
    event.preventDefault();
    if (found.matches("input:not([type=checkbox]):not([type=radio]), textarea, select")) found.focus();
    else if (found.matches("details")) found.open = !found.open;
    else found.click();
  });
})();

(() => {
  // The note stands once on the page and goes with whichever decision is sent.
  const note = document.getElementById("note");
  if (!note) return;
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector("[data-note]");
    if (field) field.value = note.value;
  });
  note.addEventListener("keydown", (event) => event.key === "Enter" && note.blur());
})();
