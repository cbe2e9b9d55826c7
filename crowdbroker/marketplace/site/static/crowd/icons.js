// Small pictures under the names of the icon set that templates use; each drawn here, on a field of 24 by 24.
"use strict";

((crowd) => {
  const ring = "M12 3a9 9 0 1 0 .01 0z";
  const PATHS = {
    add: "M12 5v14M5 12h14",
    "arrow-back": "M19 12H5m6-6-6 6 6 6",
    "arrow-forward": "M5 12h14m-6-6 6 6-6 6",
    check: "m5 13 5 5L19 7",
    "check-circle": `${ring}M8 12l3 3 5-6`,
    "chevron-left": "m14 6-6 6 6 6",
    "chevron-right": "m10 6 6 6-6 6",
    clear: "m6 6 12 12M18 6 6 18",
    close: "m6 6 12 12M18 6 6 18",
    create: "m4 20 1-5L16 4l4 4L9 19z",
    delete: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
    done: "m5 13 5 5L19 7",
    error: `${ring}M12 7v6m0 3v1`,
    "expand-more": "m6 9 6 6 6-6",
    "expand-less": "m6 15 6-6 6 6",
    favorite: "M12 20C2 12 4 5 8 5c2 0 3 1 4 3 1-2 2-3 4-3 4 0 6 7-4 15z",
    flag: "M6 21V4h12l-3 4 3 4H6",
    help: `${ring}M9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.4-1 .8-1 1.7M12 16v1`,
    home: "M4 12 12 4l8 8M6 10v10h12V10",
    info: `${ring}M12 11v6m0-10v1`,
    menu: "M4 7h16M4 12h16M4 17h16",
    "question-answer": "M4 4h12v9H8l-4 3zM19 8v12l-4-3H9",
    refresh: "M19 12a7 7 0 1 1-2-5l2 2m0-5v5h-5",
    remove: "M5 12h14",
    "report-problem": "M12 4 2 20h20zM12 10v5m0 2v1",
    search: "M10 4a6 6 0 1 0 .01 0zM15 15l5 5",
    send: "m4 4 17 8-17 8 3-8z",
    settings: "M12 8a4 4 0 1 0 .01 0zM12 2v4m0 12v4M2 12h4m12 0h4M5 5l3 3m8 8 3 3M19 5l-3 3M8 16l-3 3",
    star: "m12 3 3 6 6 1-4.5 4.5L18 21l-6-3-6 3 1.5-6.5L3 10l6-1z",
    "thumb-down": "M7 4v10l4 7c2 0 2-2 1-6h6c2 0 2-2 1-3l-2-8zM3 4v10",
    "thumb-up": "M7 20V10l4-7c2 0 2 2 1 6h6c2 0 2 2 1 3l-2 8zM3 20V10",
    visibility: "M2 12c5-8 15-8 20 0-5 8-15 8-20 0zM12 9a3 3 0 1 0 .01 0z",
    warning: "M12 4 2 20h20zM12 10v5m0 2v1",
  };
  const SPACE = "http://www.w3.org/2000/svg";
  const svg = (tag, attributes) => {
    const node = document.createElementNS(SPACE, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };

  // Returns the picture of a name, of an address, or a plain ring for a name that is not drawn here; never read aloud.
  crowd.icon = (name) => {
    if (/[./]/.test(name)) return crowd.make("img", { src: name, alt: "", width: 20, height: 20 });
    const picture = svg("svg", {
      viewBox: "0 0 24 24", width: 20, height: 20, fill: "none", stroke: "currentColor", "stroke-width": 2,
      "stroke-linejoin": "round", "stroke-linecap": "round", "aria-hidden": "true",
    });
    picture.append(svg("path", { d: PATHS[name.replace(/^(?:icons|iron-icons):/, "")] ?? ring }));
    return picture;
  };

  // Returns a picture's name in words, for buttons that show nothing else.
  crowd.iconWords = (name) => (/[./]/.test(name) ? "" : name.replace(/^.*:/, "").replaceAll("-", " "));

  class Icon extends crowd.Element {
    static observedAttributes = ["icon", "src"];
    static css = ":host { display: inline-flex; vertical-align: middle; } svg { width: 1.25em; height: 1.25em; }";

    update() {
      this.shadowRoot.replaceChildren(crowd.icon(this.attr("src") || this.attr("icon")));
    }
  }
  crowd.reflect(Icon, { texts: ["icon"] });

  customElements.define("crowd-icon", Icon);
  customElements.define("iron-icon", class extends Icon {});
})(window.crowdElements);
