// What every element is built on: a shadow root filled once, attributes that may change at any time, and fields.
"use strict";

((crowd) => {
  // Returns a new node; `class` and `for` as in HTML, functions become listeners, text is never read as markup.
  crowd.make = (tag, attributes = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === "function") node.addEventListener(name, value);
      else if (value === true) node.setAttribute(name, "");
      else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };

  const sheetsOf = new WeakMap();

  class CrowdElement extends HTMLElement {
    static css = "";
    static delegatesFocus = false;

    constructor() {
      super();
      const kind = new.target;
      const root = this.attachShadow({ mode: "open", delegatesFocus: kind.delegatesFocus });
      if (!sheetsOf.has(kind)) sheetsOf.set(kind, crowd.sheets(kind.css));
      root.adoptedStyleSheets = sheetsOf.get(kind);
    }

    connectedCallback() {
      if (this.isBuilt) return;
      this.isBuilt = true;
      this.build();
      this.update();
    }

    attributeChangedCallback() {
      if (this.isBuilt) this.update();
    }

    // Fills the shadow root, once.
    build() {}

    // Brings the shadow root in line with the attributes.
    update() {}

    fill(...nodes) {
      this.shadowRoot.append(...nodes);
    }

    $(css) {
      return this.shadowRoot.querySelector(css);
    }

    has(name) {
      return this.hasAttribute(name);
    }

    attr(name, fallback = "") {
      return this.getAttribute(name) ?? fallback;
    }
  }

  // Defines properties that mirror attributes, as templates' scripts expect them.
  crowd.reflect = (kind, { texts = [], flags = [] }) => {
    for (const name of texts) {
      Object.defineProperty(kind.prototype, name, {
        get() { return this.attr(name); },
        set(value) { this.setAttribute(name, value); },
      });
    }
    for (const name of flags) {
      Object.defineProperty(kind.prototype, name, {
        get() { return this.has(name); },
        set(value) { this.toggleAttribute(name, Boolean(value)); },
      });
    }
  };

  class Field extends CrowdElement {
    // What the form sends under the field's name; undefined: nothing.
    get answer() {
      return this.value;
    }

    // Some templates read this one, as the documentation's examples do.
    get _submittableValue() {
      return this.answer;
    }

    // What has to be kept to give the field back after a reload; any JSON. What comes back may be any JSON, too.
    get draft() {
      return null;
    }

    set draft(_) {
      // Nothing was kept.
    }

    // Says why the field cannot be sent; an empty string if it can.
    problem() {
      return "";
    }

    // Shows the problem, if there is one, and returns it.
    validate() {
      const problem = this.has("disabled") ? "" : this.problem();
      this.showProblem(problem);
      return problem;
    }

    // Expects `.problem` in the shadow root, and on what is described by it the class `control`.
    showProblem(text) {
      this.$(".problem").textContent = text;
      for (const control of this.shadowRoot.querySelectorAll(".control")) {
        if (text) control.setAttribute("aria-invalid", "true");
        else control.removeAttribute("aria-invalid");
      }
    }

    announce(type = "change") {
      this.dispatchEvent(new Event(type, { bubbles: true }));
    }
  }
  crowd.reflect(Field, { texts: ["name"], flags: ["required", "disabled"] });

  const words = (node) => node?.textContent?.replace(/\s+/g, " ").trim() ?? "";

  // The words right before an element, or before what it stands in.
  function wordsBefore(element) {
    const isEnd = (node) => !node || node === document.body || node.localName === "crowd-form";
    for (let node = element; !isEnd(node); node = node.parentNode) {
      for (let before = node.previousSibling; before; before = before.previousSibling) {
        if (before instanceof Field || before.matches?.("script, style, crowd-instructions, crowd-modal")) continue;
        if (before.nodeType !== Node.COMMENT_NODE && words(before)) return words(before);
      }
    }
    return "";
  }

  // The accessible name of a field that has no visible label of its own: a template often puts its question before it.
  crowd.nameOf = (element) => {
    const own = element.getAttribute("aria-label") || element.getAttribute("label") || element.title;
    const label = element.id === "" ? null : document.querySelector(`label[for="${CSS.escape(element.id)}"]`);
    const around = words(label) || words(element.closest("label")) || wordsBefore(element).slice(-200);
    return own || around || element.getAttribute("placeholder") || element.getAttribute("name") || element.localName;
  };

  // Whether a key belongs to a field of text, where digits and letters are no shortcuts.
  crowd.isTyping = (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return true;
    const [target] = event.composedPath();
    return target.isContentEditable || target.matches?.("textarea, select, input:not([type=radio], [type=checkbox])");
  };

  crowd.Element = CrowdElement;
  crowd.Field = Field;
})(window.crowdElements);
