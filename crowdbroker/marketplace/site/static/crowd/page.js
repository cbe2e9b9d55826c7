// The page around the elements: plain type where the template chose none, and dark only where that breaks nothing.
"use strict";

((crowd) => {
  // `:where` has no weight, so every rule of the template is stronger.
  const PLAIN = `
    :where(html) { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
    :where(body) { margin: 16px; overflow-wrap: anywhere; }
    :where(crowd-form img:not([width]), crowd-form video) { max-width: 100%; height: auto; }
    :where(crowd-form :is(input, select, textarea, button)) { font: inherit; }
    :where(crowd-form :is(input[type="radio"], input[type="checkbox"])) { width: 24px; height: 24px; }
    :where(crowd-form :is(input, select, button):not([type="radio"], [type="checkbox"])) { min-height: 32px; }
    @media (pointer: coarse) { :where(crowd-form :is(input, select, button)) { min-height: 44px; } }
  `;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(PLAIN);
  document.adoptedStyleSheets.push(sheet);

  const COLOURED = '[bgcolor], [color], [style*="color" i], [style*="background" i], link[rel~="stylesheet" i]';

  // A template from before dark screens paints dark words on its own light ground; half of that in dark is unreadable.
  function bringsColours() {
    const rules = [...document.querySelectorAll("style")].map((style) => style.textContent).join();
    return document.querySelector(COLOURED) !== null || /color|background/i.test(rules);
  }

  function followReader() {
    if (document.querySelector('meta[name="color-scheme"]') || bringsColours()) return;
    Object.assign(document.documentElement.style, {
      colorScheme: "light dark", background: "light-dark(#fbfbfa, #15191a)", color: "light-dark(#1d2324, #e4e8e7)",
    });
  }

  if (!document.querySelector('meta[name="viewport"]')) {
    const meta = document.createElement("meta");
    Object.assign(meta, { name: "viewport", content: "width=device-width, initial-scale=1" });
    document.head.append(meta);
  }

  // Calls back once the whole template is there.
  crowd.whenParsed = (callback) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", callback, { once: true });
    else queueMicrotask(callback);
  };

  crowd.whenParsed(followReader);
})(window.crowdElements);
