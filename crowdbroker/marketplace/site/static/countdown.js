// The time left of everything in the queue, by the page's own start: the reader's clock may be wrong.
"use strict";

(() => {
  const opened = performance.now();
  const due = [...document.querySelectorAll("time[data-seconds]")];

  const plural = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"}`;

  function inWords(seconds) {
    if (seconds <= 0) return "time is over";
    if (seconds < 600) return `in ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const minutes = Math.ceil(seconds / 60);
    if (minutes < 60) return `in ${plural(minutes, "minute")}`;
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `in ${plural(hours, "hour")} ${plural(minutes % 60, "minute")}`;
    return `in ${plural(Math.floor(hours / 24), "day")} ${plural(hours % 24, "hour")}`;
  }

  function tick() {
    for (const one of due) {
      const left = Math.round(one.dataset.seconds - (performance.now() - opened) / 1000);
      one.textContent = inWords(left);
      one.classList.toggle("soon", left < 120);
    }
  }

  if (due.length) setInterval(tick, 1000);
  tick();
})();
