// Crowd HTML elements of our own, under the name of the script that templates load ("Crowd HTML Elements Reference").
// Loads its parts from the folder beside it: no build step, no other host, nothing kept.
"use strict";

(() => {
  // A template may load the script twice; an element can be defined once.
  if (window.crowdElements) return;
  window.crowdElements = {};

  const PARTS = [
    "relaxed", "page", "style", "base", "icons", "dialog", "regions", "text", "checks", "radios", "slider", "buttons",
    "notices", "tabs", "instructions", "overlay", "classifiers", "boxes", "bounding-box-view", "bounding-box-pointer",
    "bounding-box", "answers", "drafts", "form",
  ];
  const { src, async, defer } = document.currentScript;
  const addresses = PARTS.map((part) => new URL(`crowd/${part}.js`, src).href);

  // Written into the page, so that the parts have run before the template's own scripts further down.
  if (document.readyState === "loading" && !async && !defer) {
    document.write(addresses.map((address) => `<script data-crowd src="${address}"></` + "script>").join(""));
  }
  if (document.querySelector("script[data-crowd]")) return;

  // The parser did not wait for this script, so nothing can be written; then the parts at least keep their order.
  for (const address of addresses) {
    document.head.append(Object.assign(document.createElement("script"), { src: address, async: false }));
  }
})();
