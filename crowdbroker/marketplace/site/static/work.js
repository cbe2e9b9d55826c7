// The live part of the work page: the time left, going on once the question in the frame is submitted, and its drafts.
"use strict";

(() => {
  const left = document.getElementById("left");
  const alarm = document.getElementById("time-alarm");
  const bar = document.getElementById("bar");
  const auto = document.getElementById("auto");
  // None when the question opens in a tab of its own, or is not shown at all.
  const frame = document.getElementById("question");
  const opened = performance.now();
  let asking = false;
  let askAgain = false;
  let over = false;

  // What the question would lose with a reload: its frame may keep nothing itself. Lives as long as this tab. The same
  // Assignment may pass to another worker, who may sign in at this very tab.
  const draft = `draft:${bar.dataset.worker}:${bar.dataset.assignment}`;
  const DRAFT_BYTES = 60_000;

  // Counted from the page's own start: the reader's clock may be wrong.
  const secondsLeft = () => Math.max(0, Math.round(left.dataset.seconds - (performance.now() - opened) / 1000));

  const plural = (count, unit) => `${count} ${unit}${count === 1 ? "" : "s"}`;

  function inWords(seconds) {
    if (seconds < 600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    const minutes = Math.ceil(seconds / 60);
    if (minutes < 60) return plural(minutes, "minute");
    const hours = Math.floor(minutes / 60);
    if (hours < 24) return `${plural(hours, "hour")} ${plural(minutes % 60, "minute")}`;
    return `${plural(Math.floor(hours / 24), "day")} ${plural(hours % 24, "hour")}`;
  }

  function tick() {
    const seconds = secondsLeft();
    left.firstElementChild.textContent = inWords(seconds);
    left.classList.toggle("soon", seconds < 120);
    // Said aloud twice only; a screen reader that reads every second is of no use.
    if (seconds === 300) alarm.textContent = "Five minutes left.";
    if (seconds === 60) alarm.textContent = "One minute left.";
    if (seconds === 0) {
      clearInterval(timer);
      look();
    }
  }

  async function look() {
    askAgain = asking;
    if (asking || over) return;
    asking = true;
    try {
      const answer = await fetch(bar.dataset.status, { redirect: "error" });
      if (answer.ok) act((await answer.json()).state);
    } catch {
      // Offline for a moment: the next load of the frame or return to the page asks again.
    } finally {
      asking = false;
      // What happened while the answer was on its way may have changed it.
      if (askAgain) look();
    }
  }

  function act(state) {
    if (state === "held") return;
    over = true;
    forget();
    if (state === "gone") document.getElementById("gone").hidden = false;
    else if (auto.checked) document.getElementById("next").submit();
    else location.assign(bar.dataset.done);
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

  function forget() {
    withStorage((storage) => storage.removeItem(draft));
  }

  const isPair = (pair) => Array.isArray(pair) && pair.length === 2 && pair.every((part) => typeof part === "string");

  function keep(fields) {
    if (!Array.isArray(fields) || !fields.every(isPair)) return;
    const text = JSON.stringify(fields);
    if (new TextEncoder().encode(text).length <= DRAFT_BYTES) withStorage((storage) => storage.setItem(draft, text));
  }

  function giveBack() {
    const text = withStorage((storage) => storage.getItem(draft));
    // A sandboxed page has an origin of its own that cannot be named.
    if (text && frame) frame.contentWindow.postMessage({ crowdbroker: "restore", fields: JSON.parse(text) }, "*");
  }

  // Whatever the frame shows can send here; what it sends is only ever kept, and given back to it.
  window.addEventListener("message", ({ source, origin, data }) => {
    if (!frame || source !== frame.contentWindow || origin !== "null" || over) return;
    if (data?.crowdbroker === "hello") giveBack();
    else if (data?.crowdbroker === "draft") keep(data.fields);
  });

  document.getElementById("return").addEventListener("submit", forget);
  auto.addEventListener("change", () => {
    // Kept in the address, so that a reload does not forget it.
    history.replaceState(null, "", location.pathname + (auto.checked ? "?auto=1" : ""));
  });
  frame?.addEventListener("load", () => {
    look();
    // The question's own keys work at once, unless somebody is already doing something else on the page.
    if (document.activeElement === document.body) frame.focus();
  });
  document.addEventListener("visibilitychange", () => document.hidden || look());
  const timer = setInterval(tick, 1000);
  tick();
  look();
  // The question may have asked before this script listened.
  giveBack();
})();
