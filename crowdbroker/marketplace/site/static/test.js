// The live part of a qualification test: the time left, and what was filled in kept through a reload of this tab.
"use strict";

(() => {
  const left = document.getElementById("left");
  const alarm = document.getElementById("time-alarm");
  const home = document.getElementById("test");
  const form = home.querySelector("form");
  const draft = `test:${home.dataset.request}`;
  const opened = performance.now();

  // Counted from the page's own start: the reader's clock may be wrong.
  const secondsLeft = () => Math.max(0, Math.round(left.dataset.seconds - (performance.now() - opened) / 1000));

  function tick() {
    const seconds = secondsLeft();
    const minutes = Math.ceil(seconds / 60);
    left.firstElementChild.textContent =
      seconds < 600 ? `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}` : `${minutes} minutes`;
    left.classList.toggle("soon", seconds < 60);
    // Said aloud twice only; a screen reader that reads every second is of no use.
    if (seconds === 300) alarm.textContent = "Five minutes left.";
    if (seconds === 60) alarm.textContent = "One minute left.";
    if (seconds > 0) return;
    clearInterval(timer);
    document.getElementById("gone").hidden = false;
    withStorage((storage) => storage.removeItem(draft));
  }

  // A browser may refuse storage altogether; then a reload costs the answers, and nothing else.
  function withStorage(use) {
    try {
      return use(sessionStorage);
    } catch (error) {
      if (error instanceof DOMException) return null;
      throw error;
    }
  }

  const own = (element) => element.name && element.type !== "hidden";

  function keep() {
    const names = new Set([...form.elements].filter(own).map((element) => element.name));
    const fields = [...new FormData(form)].filter(([name]) => names.has(name));
    withStorage((storage) => storage.setItem(draft, JSON.stringify(fields)));
  }

  function fill(element, fields) {
    const values = fields.filter(([name]) => name === element.name).map(([, value]) => value);
    if (element.type === "radio" || element.type === "checkbox") element.checked = values.includes(element.value);
    else if (element.multiple) for (const option of element.options) option.selected = values.includes(option.value);
    else if (values.length) element.value = values[0];
  }

  // A form that came back with problems is newer than any draft.
  const text = document.getElementById("problems") ? null : withStorage((storage) => storage.getItem(draft));
  if (text) [...form.elements].filter(own).forEach((element) => fill(element, JSON.parse(text)));
  form.addEventListener("input", keep);
  const timer = setInterval(tick, 1000);
  tick();
})();
