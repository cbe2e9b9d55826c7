// crowd-input and crowd-text-area: a line and a box of text.
"use strict";

((crowd) => {
  const { make } = crowd;
  const HANDED_ON = ["placeholder", "min", "max", "step", "pattern", "autocomplete", "inputmode"];

  class TextField extends crowd.Field {
    static delegatesFocus = true;
    static observedAttributes = [
      "label", "required", "disabled", "max-length", "min-length", "rows", "max-rows", "type", "char-counter",
      ...HANDED_ON,
    ];
    static css = `
      :host { display: block; max-width: 40rem; margin: 8px 0; }
      label { display: block; color: var(--ink); font-weight: 600; }
      .control {
        display: block; width: 100%; min-height: 44px; margin-top: 4px; padding: 8px 12px;
        border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); color: var(--ink);
      }
      .control[aria-invalid] { border-color: var(--bad); box-shadow: inset 0 0 0 1px var(--bad); }
      .control:disabled { border-style: dashed; color: var(--soft); }
      .control::placeholder { color: var(--soft); opacity: 1; }
      textarea { resize: vertical; line-height: 24px; }
      .count { margin: 4px 0 0; text-align: right; font-variant-numeric: tabular-nums; }
    `;

    build() {
      const attributes = { id: "control", class: "control", "aria-describedby": "problem count" };
      this.control = make(this.constructor.tag, attributes);
      this.control.addEventListener("input", () => this.typed());
      this.control.addEventListener("change", () => {
        if (this.has("auto-validate")) this.validate();
        // Unlike `input`, this event ends at the shadow root.
        this.announce();
      });
      this.heading = make("label");
      this.fill(this.heading, this.control, make("p", { id: "problem", class: "problem" }),
        make("p", { id: "count", class: "hint count" }));
      if (this.has("value")) this.control.value = this.attr("value");
      if (this.has("auto-focus")) crowd.whenParsed(() => this.focus());
    }

    update() {
      const { control } = this;
      const label = this.attr("label");
      this.heading.textContent = label && this.has("required") ? `${label} (required)` : label;
      this.heading.hidden = !label;
      if (label) {
        this.heading.htmlFor = "control";
        control.removeAttribute("aria-label");
      } else {
        this.heading.removeAttribute("for");
        control.setAttribute("aria-label", crowd.nameOf(this));
      }
      for (const name of HANDED_ON) {
        if (this.has(name)) control.setAttribute(name, this.attr(name));
        else control.removeAttribute(name);
      }
      if (parseInt(this.attr("max-length")) >= 0) control.setAttribute("maxlength", this.attr("max-length"));
      control.disabled = this.has("disabled");
      control.toggleAttribute("required", this.has("required"));
      this.count();
    }

    get value() {
      return this.control?.value ?? this.attr("value");
    }

    set value(text) {
      if (!this.control) return this.setAttribute("value", text);
      this.control.value = text;
      this.count();
    }

    // "Elements with no input do not appear in the output."
    get answer() {
      return this.value === "" ? undefined : this.value;
    }

    get draft() {
      return this.value;
    }

    set draft(kept) {
      if (typeof kept === "string") this.value = kept;
    }

    typed() {
      if (this.has("auto-validate")) this.dropForbidden();
      if (this.control.hasAttribute("aria-invalid")) this.validate();
      this.count();
    }

    // With auto-validate, the pattern says which characters are kept while the worker types.
    dropForbidden() {
      const allowed = readPattern(this.attr("allowed-pattern"));
      const kept = allowed ? [...this.control.value].filter((sign) => allowed.test(sign)).join("") : this.control.value;
      if (kept !== this.control.value) this.control.value = kept;
    }

    problem() {
      const { validity, value } = this.control;
      const least = parseInt(this.attr("min-length")) || 0;
      if (validity.valid && (value.length >= least || !value)) return "";
      const own = this.attr("error-message");
      if (own) return own;
      if (validity.valueMissing) return "Fill in this field.";
      return validity.valid ? `Write at least ${least} characters.` : this.control.validationMessage;
    }

    count() {
      const most = parseInt(this.attr("max-length"));
      const length = `${this.value.length}${most >= 0 ? ` of ${most}` : ""} characters`;
      this.$("#count").textContent = this.has("char-counter") ? length : "";
    }
  }
  crowd.reflect(TextField, { texts: ["label", "placeholder", "type"] });

  function readPattern(text) {
    try {
      return text && new RegExp(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      console.warn(`an allowed-pattern is no regular expression: ${text}`);
      return null;
    }
  }

  class Input extends TextField {
    static tag = "input";

    update() {
      this.control.type = this.attr("type", "text");
      super.update();
    }
  }

  class TextArea extends TextField {
    static tag = "textarea";

    update() {
      this.control.rows = parseInt(this.attr("rows")) || 2;
      super.update();
      this.grow();
    }

    typed() {
      super.typed();
      this.grow();
    }

    // Makes room for new rows, up to max-rows; 18 px are its padding and border.
    grow() {
      const { style } = this.control;
      style.height = "auto";
      const wanted = this.control.scrollHeight + 2;
      const most = 24 * (parseInt(this.attr("max-rows")) || Infinity) + 18;
      if (wanted > 18) style.height = `${Math.min(wanted, most)}px`;
    }
  }

  customElements.define("crowd-input", Input);
  customElements.define("crowd-text-area", TextArea);
})(window.crowdElements);
