// crowd-slider: a value between two ends, always shown as a number too.
"use strict";

((crowd) => {
  const { make } = crowd;

  class Slider extends crowd.Field {
    static delegatesFocus = true;
    static observedAttributes = ["min", "max", "step", "disabled", "editable", "label", "required"];
    static css = `
      :host { display: block; max-width: 30rem; margin: 8px 0; }
      .row { display: flex; align-items: center; gap: 12px; }
      input[type="range"] { flex: 1; min-width: 0; min-height: 44px; margin: 0; accent-color: var(--accent); }
      output { min-width: 3ch; font-weight: 600; text-align: right; font-variant-numeric: tabular-nums; }
      input[type="number"] {
        width: 6rem; min-height: 44px; padding: 4px 8px; border: 1px solid var(--edge); border-radius: 6px;
        background: var(--paper);
      }
      .end { font-variant-numeric: tabular-nums; }
    `;

    build() {
      this.range = make("input", { type: "range", class: "control", "aria-describedby": "problem" });
      this.number = make("input", { type: "number" });
      this.shown = make("output", { "aria-hidden": "true" });
      this.range.addEventListener("input", () => this.take(this.range.value));
      // To choose where the knob already is takes a click or Enter there.
      this.range.addEventListener("pointerup", () => this.take(this.range.value));
      this.range.addEventListener("keyup", (event) => event.key === "Enter" && this.take(this.range.value));
      this.number.addEventListener("input", () => this.number.value && this.take(this.number.value));
      for (const control of [this.range, this.number]) control.addEventListener("change", () => this.announce());
      const ends = [make("span", { class: "hint end" }), make("span", { class: "hint end" })];
      this.fill(make("div", { class: "row" }, ends[0], this.range, ends[1], this.shown, this.number),
        make("p", { id: "problem", class: "problem" }));
      this.ends = ends;
      this.isTouched = this.has("value");
    }

    update() {
      const name = crowd.nameOf(this);
      for (const control of [this.range, this.number]) {
        Object.assign(control, { min: this.attr("min", "0"), max: this.attr("max", "100") });
        control.step = this.attr("step", "1");
        control.disabled = this.has("disabled");
        control.setAttribute("aria-label", name);
      }
      this.ends[0].textContent = this.range.min;
      this.ends[1].textContent = this.range.max;
      this.number.hidden = !this.has("editable");
      this.shown.hidden = this.has("editable");
      // Until somebody moves it, the knob is where the template put it, or at the lower end.
      if (!this.isTouched || this.isPreset()) this.put(this.attr("value", this.range.min));
    }

    isPreset() {
      return this.has("value") && !this.isMoved;
    }

    put(value) {
      this.range.value = value;
      this.number.value = this.range.value;
      this.shown.textContent = this.range.value;
    }

    take(value) {
      this.isTouched = true;
      this.isMoved = true;
      this.put(value);
      this.showProblem("");
    }

    get value() {
      return this.range ? this.range.valueAsNumber : Number(this.attr("value", this.attr("min", "0")));
    }

    set value(value) {
      if (this.range) this.take(value);
      else this.setAttribute("value", value);
    }

    get draft() {
      return this.isMoved ? this.value : null;
    }

    set draft(value) {
      if (typeof value === "number") this.value = value;
    }

    problem() {
      return this.has("required") && !this.isTouched ? "Move the knob, or click where it is, to choose." : "";
    }
  }
  crowd.reflect(Slider, { texts: ["min", "max", "step", "label"], flags: ["pin", "editable"] });

  customElements.define("crowd-slider", Slider);
})(window.crowdElements);
