// crowd-tabs with its crowd-tab, and the row of tabs that instructions use too.
"use strict";

((crowd) => {
  const { make } = crowd;

  crowd.tabsCss = `
    [role="tablist"] { display: flex; flex-wrap: wrap; gap: 4px; border-bottom: 1px solid var(--line); }
    [role="tab"] {
      border-color: transparent; border-bottom: 3px solid transparent; border-radius: 6px 6px 0 0; background: none;
    }
    [role="tab"][aria-selected="true"] { border-bottom-color: var(--accent); color: var(--accent); font-weight: 600; }
  `;

  // Fills a tablist with a tab for each name; calls `show` with the index of the chosen one.
  crowd.makeTabs = (list, names, show) => {
    const choose = (at, hasFocus) => {
      [...list.children].forEach((one, i) => {
        one.setAttribute("aria-selected", String(i === at));
        one.tabIndex = i === at ? 0 : -1;
      });
      if (hasFocus) list.children[at].focus();
      show(at);
    };
    const tab = (name, i) => make("button", { type: "button", role: "tab", click: () => choose(i) }, name);
    list.replaceChildren(...names.map(tab));
    list.onkeydown = (event) => {
      const last = names.length - 1;
      const at = [...list.children].indexOf(event.target);
      const goal = {
        ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last,
      }[event.key];
      if (at < 0 || goal === undefined) return;
      event.preventDefault();
      choose(goal, true);
    };
    if (names.length) choose(0);
  };

  class Tab extends crowd.Element {
    static observedAttributes = ["header"];
    static css = ":host { display: block; padding: 12px 0; }";

    build() {
      this.role = "tabpanel";
      this.fill(make("slot"));
    }

    update() {
      this.setAttribute("aria-label", this.attr("header"));
      this.parentElement.show?.();
    }
  }
  crowd.reflect(Tab, { texts: ["header"] });

  class Tabs extends crowd.Element {
    static css = `:host { display: block; } ${crowd.tabsCss}`;

    build() {
      this.list = make("div", { role: "tablist" });
      this.fill(this.list, make("slot", { slotchange: () => this.show() }));
    }

    show() {
      const tabs = [...this.children].filter((child) => child instanceof Tab);
      const names = tabs.map((tab) => tab.header);
      // The parser hands the tabs over one by one.
      if (names.join("\n") === this.names?.join("\n")) return;
      this.names = names;
      crowd.makeTabs(this.list, names, (chosen) => tabs.forEach((tab, i) => { tab.hidden = i !== chosen; }));
    }
  }

  customElements.define("crowd-tab", Tab);
  customElements.define("crowd-tabs", Tabs);
})(window.crowdElements);
