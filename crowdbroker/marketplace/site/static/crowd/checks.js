// crowd-checkbox and crowd-toggle-button: a box and a switch.
"use strict";

((crowd) => {
  const { make } = crowd;

  class Check extends crowd.Field {
    static delegatesFocus = true;
    static observedAttributes = ["checked", "disabled", "required", "invalid"];
    static css = `
      :host { display: inline-block; min-width: 24px; margin-right: 16px; vertical-align: middle; }
      label { display: flex; align-items: center; gap: 8px; min-height: 32px; color: inherit; cursor: pointer; }
      label:has(:disabled) { cursor: not-allowed; }
      @media (pointer: coarse), (max-width: 540px) { label { min-height: 44px; } }
    `;
    static role = null;

    build() {
      this.control = make("input", {
        type: "checkbox", class: "control", role: this.constructor.role, "aria-describedby": "problem",
      });
      const words = make("slot", { slotchange: () => this.nameItself() });
      const label = make("label", {}, this.control, make("span", {}, words));
      this.fill(label, make("p", { id: "problem", class: "problem" }));
      this.control.addEventListener("change", () => {
        // The attribute stays what the template said, as with the standard check box.
        this.showProblem("");
        this.announce();
      });
      this.control.checked = this.has("checked");
      crowd.whenParsed(() => this.nameItself());
    }

    update() {
      this.control.disabled = this.has("disabled");
      this.control.required = this.has("required");
    }

    attributeChangedCallback(attribute) {
      if (this.isBuilt && attribute === "checked") this.control.checked = this.has("checked");
      super.attributeChangedCallback();
    }

    // Without words between its tags the box still needs a name.
    nameItself() {
      if (this.textContent.trim()) this.control.removeAttribute("aria-label");
      else this.control.setAttribute("aria-label", crowd.nameOf(this));
    }

    get checked() {
      return this.control?.checked ?? this.has("checked");
    }

    set checked(is) {
      if (this.control) this.control.checked = is;
      else this.toggleAttribute("checked", is);
    }

    get value() {
      return this.attr("value", "on");
    }

    set value(text) {
      this.setAttribute("value", text);
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

    problem() {
      return this.has("required") && !this.checked ? this.constructor.missing : "";
    }
  }

  class Checkbox extends Check {
    static missing = "Check this box to go on.";
  }

  class Toggle extends Check {
    static role = "switch";
    static missing = "Switch this on to go on.";
    static css = `${Check.css}
      input[type="checkbox"] {
        appearance: none; display: flex; align-items: center; width: 44px; height: 24px; padding: 2px;
        border: 2px solid var(--edge); border-radius: 12px; background: var(--paper);
      }
      input::before { content: ""; width: 16px; height: 16px; border-radius: 50%; background: var(--edge); }
      input:checked { border-color: var(--accent); background: var(--accent); }
      input:checked::before { margin-left: auto; background: var(--on-accent); }
      :host([invalid]) input:not(:checked), input[aria-invalid] { border-color: var(--bad); }
      input:disabled { border-style: dashed; }
      @media (forced-colors: active) {
        input::before { background: ButtonText; }
        input:checked::before { background: Highlight; }
      }
    `;
  }
  crowd.reflect(Toggle, { flags: ["invalid"] });

  customElements.define("crowd-checkbox", Checkbox);
  customElements.define("crowd-toggle-button", Toggle);
})(window.crowdElements);
