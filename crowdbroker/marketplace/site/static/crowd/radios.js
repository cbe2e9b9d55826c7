// crowd-radio-button and crowd-radio-group: one choice among several.
"use strict";

((crowd) => {
  const { make } = crowd;
  const STEPS = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

  class Radio extends crowd.Field {
    static observedAttributes = ["checked", "disabled"];
    static css = `
      :host {
        display: inline-flex; align-items: center; gap: 8px; min-height: 32px; margin-right: 16px; border-radius: 4px;
        color: inherit; cursor: pointer; vertical-align: middle;
      }
      :host([disabled]) { color: var(--soft); cursor: not-allowed; }
      :host([disabled]) .dot { border-style: dashed; }
      :host(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
      .dot {
        flex: none; display: grid; place-items: center; width: 20px; height: 20px; border: 2px solid var(--edge);
        border-radius: 50%; background: var(--paper);
      }
      :host([aria-checked="true"]) .dot { border-color: var(--accent); }
      :host([aria-checked="true"]) .dot::before {
        content: ""; width: 10px; height: 10px; border-radius: 50%; background: var(--accent);
      }
      @media (forced-colors: active) { :host([aria-checked="true"]) .dot::before { background: Highlight; } }
      @media (pointer: coarse), (max-width: 540px) { :host { min-height: 44px; } }
    `;

    build() {
      this.role = "radio";
      // What stands between the tags comes after this.
      crowd.whenParsed(() => this.nameItself());
      this.isChosen = this.has("checked");
      this.fill(make("span", { class: "dot" }), make("span", {}, make("slot")), make("p", { class: "problem" }));
      this.addEventListener("click", () => this.choose());
      this.addEventListener("keydown", (event) => {
        if (event.key !== " " || event.target !== this) return;
        event.preventDefault();
        this.choose();
      });
    }

    update() {
      if (this.has("disabled")) this.setAttribute("aria-disabled", "true");
      else this.removeAttribute("aria-disabled");
      this.show();
    }

    attributeChangedCallback(attribute) {
      if (this.isBuilt && attribute === "checked") this.isChosen = this.has("checked");
      super.attributeChangedCallback();
    }

    get group() {
      return this.closest("crowd-radio-group");
    }

    show() {
      this.setAttribute("aria-checked", String(this.isChosen));
      if (this.group) this.group.setTabStop?.();
      else this.tabIndex = this.has("disabled") ? -1 : 0;
    }

    nameItself() {
      const hasName = this.textContent.trim() || this.has("aria-label");
      if (!hasName) this.setAttribute("aria-label", this.name || this.value);
    }

    choose() {
      if (this.has("disabled") || this.isChosen) return;
      for (const other of this.group?.radios ?? []) other.checked = false;
      this.checked = true;
      this.announce("input");
      this.announce();
    }

    get checked() {
      return this.isChosen ?? this.has("checked");
    }

    set checked(is) {
      if (!this.isBuilt) return this.toggleAttribute("checked", is);
      this.isChosen = Boolean(is);
      this.show();
    }

    get value() {
      return this.attr("value", "on");
    }

    set value(text) {
      this.setAttribute("value", text);
    }

    // A button without a name of its own answers under its group's.
    get name() {
      return this.attr("name") || this.group?.attr("name") || "";
    }

    set name(text) {
      this.setAttribute("name", text);
    }

    get answer() {
      return { [this.value]: this.checked };
    }

    get draft() {
      return this.checked;
    }

    set draft(is) {
      this.checked = is === true;
    }
  }

  // It has no answer of its own: its buttons have.
  class RadioGroup extends crowd.Field {
    static observedAttributes = ["required", "label", "aria-label"];
    static css = `
      :host { display: block; margin: 8px 0; }
      .label { font-weight: 600; }
      .label:empty { display: none; }
    `;

    build() {
      const buttons = make("slot", { slotchange: () => this.setTabStop() });
      this.frame = make("div", { role: "radiogroup", "aria-describedby": "problem", class: "control" }, buttons);
      this.fill(make("div", { class: "label" }), this.frame, make("p", { id: "problem", class: "problem" }));
      this.addEventListener("keydown", (event) => this.step(event));
      this.addEventListener("change", () => this.showProblem(""));
      crowd.whenParsed(() => this.setTabStop());
    }

    update() {
      this.frame.setAttribute("aria-label", crowd.nameOf(this));
      if (this.has("required")) this.frame.setAttribute("aria-required", "true");
      else this.frame.removeAttribute("aria-required");
      this.$(".label").textContent = this.attr("label");
    }

    get radios() {
      return [...this.querySelectorAll("crowd-radio-button")];
    }

    // Tab goes to the chosen button, or to the first; the arrows do the rest.
    setTabStop() {
      const open = this.radios.filter((radio) => !radio.has("disabled"));
      const stop = open.find((radio) => radio.checked) ?? open[0];
      for (const radio of this.radios) radio.tabIndex = radio === stop ? 0 : -1;
    }

    step(event) {
      const by = STEPS[event.key];
      const open = this.radios.filter((radio) => !radio.has("disabled"));
      const at = open.indexOf(event.target);
      if (!by || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const next = open[(at + by + open.length) % open.length];
      next.choose();
      next.focus();
    }

    focus() {
      this.radios.find((radio) => radio.tabIndex === 0)?.focus();
    }

    get value() {
      return this.radios.find((radio) => radio.checked)?.value;
    }

    set value(text) {
      for (const radio of this.radios) radio.checked = radio.value === text;
    }

    get answer() {
      return undefined;
    }

    problem() {
      const isMissing = this.has("required") || this.radios.some((radio) => radio.has("required"));
      return isMissing && this.value === undefined ? "Choose one of these." : "";
    }
  }
  crowd.reflect(RadioGroup, { texts: ["label"] });

  customElements.define("crowd-radio-button", Radio);
  customElements.define("crowd-radio-group", RadioGroup);
})(window.crowdElements);
