// The named regions that a template puts inside other elements, each shown where its parent has a place for it.
"use strict";

((crowd) => {
  const { make } = crowd;

  // A parent shows a region in the slot of the region's own name.
  class Region extends crowd.Element {
    static css = ":host { display: block; }";

    connectedCallback() {
      if (!this.slot) this.slot = this.localName;
      super.connectedCallback();
    }

    build() {
      this.fill(make("slot"));
    }
  }

  class ShortInstructions extends Region {
    static css = `
      :host { display: block; padding: 8px 16px; border-left: 4px solid var(--accent); background: var(--wash);
        color: var(--ink); }
      ::slotted(:first-child) { margin-top: 0; }
      ::slotted(:last-child) { margin-bottom: 0; }
    `;
  }

  class FullInstructions extends Region {
    static observedAttributes = ["header"];
    static css = crowd.dialogCss;

    build() {
      const { opener, dialog } = crowd.makeDialog({ words: "Full instructions", heading: "" }, make("slot"));
      this.fill(opener, dialog);
    }

    update() {
      this.$("h2").textContent = this.attr("header", "Full instructions");
    }
  }

  class Example extends Region {
    static css = `
      :host { display: block; margin-top: 16px; padding: 8px 0 8px 16px; border-left: 4px solid var(--mark); }
      h3 { margin: 0; font-size: 16px; color: var(--mark); }
    `;

    build() {
      this.fill(make("h3", {}, this.constructor.heading), make("slot"));
    }
  }

  class PositiveExample extends Example {
    static heading = "✓ Good example";
    static css = `${Example.css} :host { --mark: var(--good); }`;
  }

  class NegativeExample extends Example {
    static heading = "✗ Bad example";
    static css = `${Example.css} :host { --mark: var(--bad); }`;
  }

  class WorkerComment extends Region {
    static observedAttributes = ["header", "link-text", "placeholder"];
    static css = `${crowd.dialogCss}
      textarea { display: block; width: 100%; margin-top: 8px; padding: 8px 12px; border: 1px solid var(--edge);
        border-radius: 6px; background: var(--paper); }
    `;

    build() {
      this.area = make("textarea", { rows: 4, "aria-labelledby": "heading" });
      const { opener, dialog } = crowd.makeDialog({ words: "", heading: "" }, make("slot"), this.area);
      this.opener = opener;
      this.fill(opener, dialog);
    }

    update() {
      this.opener.textContent = this.attr("link-text", "Add a comment");
      this.$("h2").textContent = this.attr("header", "Add a comment");
      this.area.placeholder = this.attr("placeholder");
    }

    get comment() {
      return this.area.value;
    }

    set comment(text) {
      this.area.value = text;
    }
  }

  for (const name of ["classification-target", "additional-instructions", "short-summary", "detailed-instructions"]) {
    customElements.define(name, class extends Region {});
  }
  customElements.define("short-instructions", ShortInstructions);
  customElements.define("full-instructions", FullInstructions);
  customElements.define("positive-example", PositiveExample);
  customElements.define("negative-example", NegativeExample);
  customElements.define("worker-comment", WorkerComment);
})(window.crowdElements);
