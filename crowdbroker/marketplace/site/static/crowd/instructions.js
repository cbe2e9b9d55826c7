// crowd-instructions: a button that opens up to three pages of instructions.
"use strict";

((crowd) => {
  const { make } = crowd;
  const PAGES = [
    ["Summary", ["short-summary"]],
    ["Detailed instructions", ["detailed-instructions"]],
    ["Examples", ["positive-example", "negative-example"]],
  ];

  class Instructions extends crowd.Element {
    static observedAttributes = ["link-text", "link-type"];
    static css = `${crowd.dialogCss} ${crowd.tabsCss} :host { display: block; margin: 8px 0; }`;

    build() {
      this.tabs = make("div", { role: "tablist", "aria-label": "Instructions" });
      this.panels = PAGES.map(([heading, regions]) =>
        make("div", { role: "tabpanel", "aria-label": heading }, ...regions.map((name) => make("slot", { name }))));
      const window = crowd.makeDialog({ words: "", heading: "Instructions" }, this.tabs, ...this.panels);
      this.opener = window.opener;
      this.opener.addEventListener("click", () => this.showPages());
      this.fill(this.opener, window.dialog);
    }

    update() {
      this.opener.textContent = this.attr("link-text", "Click for instructions");
      this.opener.className = this.attr("link-type") === "button" ? "" : "link";
    }

    // Only the pages that the template filled.
    showPages() {
      const filled = PAGES.map(([, regions]) => regions.some((name) => this.querySelector(`:scope > ${name}`)));
      const panels = this.panels.filter((_, i) => filled[i]);
      const names = PAGES.filter((_, i) => filled[i]).map(([heading]) => heading);
      for (const panel of this.panels) panel.hidden = true;
      crowd.makeTabs(this.tabs, names, (chosen) => panels.forEach((panel, i) => { panel.hidden = i !== chosen; }));
    }
  }

  customElements.define("crowd-instructions", Instructions);
})(window.crowdElements);
