// What all elements look like: lines instead of shadows, steps of 4 px, one accent.
"use strict";

((crowd) => {
  // Each token in light and in dark; `light-dark` takes the page's own scheme, not the reader's wish alone.
  const TOKENS = {
    paper: ["#ffffff", "#1b2021"],
    ink: ["#1d2324", "#e4e8e7"],
    soft: ["#566163", "#a3adad"],
    line: ["#d9dedd", "#3a4445"],
    edge: ["#7d8786", "#7f8a8a"],
    accent: ["#0b6870", "#6fc5cb"],
    "on-accent": ["#ffffff", "#0b1e20"],
    wash: ["#e8f2f2", "#1d3033"],
    good: ["#1d6b34", "#84cf98"],
    bad: ["#a12a22", "#f0a097"],
    "bad-wash": ["#fbeeec", "#361f1c"],
  };
  const declare = (value) => Object.entries(TOKENS).map(([name, both]) => `--${name}: ${value(both)};`).join(" ");

  const COMMON = `
    :host { ${declare(([light]) => light)} box-sizing: border-box; }
    @supports (color: light-dark(#000, #fff)) {
      :host { ${declare(([light, dark]) => `light-dark(${light}, ${dark})`)} }
    }
    :host([hidden]), [hidden] { display: none !important; }
    *, *::before { box-sizing: border-box; }
    :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
    button, .button, input, textarea { font: inherit; color: var(--ink); }
    button, .button {
      display: inline-flex; align-items: center; justify-content: center; gap: 8px;
      min-height: 40px; padding: 4px 16px; border: 1px solid var(--edge); border-radius: 6px;
      background: var(--paper); text-decoration: none; cursor: pointer;
    }
    button:hover, .button:hover { border-color: var(--accent); }
    button.primary, .button.primary {
      border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600;
    }
    button.link, .button.link {
      padding: 4px; border-color: transparent; background: none; color: inherit; text-decoration: underline;
      text-underline-offset: 3px;
    }
    button:disabled { border-style: dashed; background: none; color: var(--soft); cursor: not-allowed; }
    input[type="radio"], input[type="checkbox"] {
      flex: none; width: 20px; height: 20px; margin: 0; accent-color: var(--accent); cursor: inherit;
    }
    .problem { margin: 4px 0 0; color: var(--bad); font-weight: 600; }
    .problem:empty { display: none; }
    .hint { color: var(--soft); font-size: 14px; line-height: 20px; }
    .unseen {
      position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%);
      white-space: nowrap;
    }
    ::slotted(img), img { max-width: 100%; }
    @media (pointer: coarse), (max-width: 540px) { button, .button { min-height: 44px; } }
    @media (prefers-reduced-motion: no-preference) { button, .button { transition: border-color 120ms; } }
  `;

  // Returns style sheets for a shadow root: what all share, then the element's own.
  crowd.sheets = (...texts) =>
    [COMMON, ...texts].filter(Boolean).map((text) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      return sheet;
    });
})(window.crowdElements);
