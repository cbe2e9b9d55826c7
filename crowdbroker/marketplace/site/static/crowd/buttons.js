// crowd-button, crowd-icon-button and crowd-fab: things to press, some of which send or reset the form.
"use strict";

((crowd) => {
  const { make } = crowd;

  class Button extends crowd.Element {
    static delegatesFocus = true;
    static observedAttributes = [
      "disabled", "loading", "href", "target", "variant", "icon", "icon-align", "icon-url", "title", "form-action",
      "label",
    ];
    static css = `
      :host { display: inline-block; margin: 2px 0; vertical-align: middle; }
      .loading::before {
        content: ""; width: 16px; height: 16px; border: 2px solid; border-top-color: transparent; border-radius: 50%;
      }
      @media (prefers-reduced-motion: no-preference) {
        .loading::before { animation: turn 1s linear infinite; }
        @keyframes turn { to { rotate: 1turn; } }
      }
    `;

    build() {
      // Also reached by `click()` on the element itself, as templates' scripts do.
      this.addEventListener("click", (event) => this.press(event));
      crowd.whenParsed(() => this.update());
    }

    get isOff() {
      return this.has("disabled") || this.has("loading");
    }

    update() {
      const isFocused = this.shadowRoot.activeElement !== null;
      const isLink = this.has("href") && !this.isOff;
      const inner = isLink ? this.link() : make("button", { type: "button", disabled: this.isOff });
      inner.classList.add(...this.classes());
      if (this.has("loading")) inner.setAttribute("aria-busy", "true");
      const name = this.iconName ? [crowd.icon(this.iconName)] : [];
      const words = this.words();
      inner.append(...(this.attr("icon-align") === "right" ? [...words, ...name] : [...name, ...words]));
      if (this.has("title")) inner.title = this.title;
      if (!this.textContent.trim() || this.hidesWords) inner.setAttribute("aria-label", this.spoken());
      this.shadowRoot.replaceChildren(inner);
      if (isFocused) inner.focus();
    }

    link() {
      const target = this.getAttribute("target");
      return make("a", { class: "button", href: this.attr("href"), target, rel: "noopener" });
    }

    get iconName() {
      return this.attr("icon-url") || this.attr("icon");
    }

    get hidesWords() {
      return this.attr("variant") === "icon";
    }

    words() {
      return this.hidesWords ? [] : [make("slot")];
    }

    spoken() {
      const icon = this.attr("icon") || this.querySelector("iron-icon, crowd-icon")?.getAttribute("icon") || "";
      return this.title || this.attr("label") || this.textContent.trim() || crowd.iconWords(icon) || "Button";
    }

    classes() {
      const variant = this.attr("variant", this.attr("form-action") === "submit" ? "primary" : "normal");
      return [variant, this.has("loading") ? "loading" : "ready"].filter((name) => /^[\w-]+$/.test(name));
    }

    press(event) {
      const form = this.closest("crowd-form");
      if (this.isOff || event.defaultPrevented || !form) return;
      if (this.attr("form-action") === "submit") form.requestSubmit(this);
      if (this.attr("form-action") === "reset") form.reset();
    }
  }
  crowd.reflect(Button, { texts: ["href", "variant", "icon"], flags: ["disabled", "loading"] });

  class IconButton extends Button {
    static css = `${Button.css} .ready, .loading { width: 44px; height: 44px; padding: 0; border-radius: 50%; }`;

    get hidesWords() {
      return true;
    }
  }

  class Fab extends IconButton {
    static css = `${IconButton.css}
      .ready { border-color: var(--accent); background: var(--accent); color: var(--on-accent); font-weight: 600; }
      .ready:disabled { background: none; color: var(--soft); }
    `;

    // "A single character that can be used instead of an icon."
    words() {
      const label = this.iconName ? "" : [...this.attr("label")].slice(0, 1).join("");
      return [make("span", { "aria-hidden": "true" }, label)];
    }
  }

  customElements.define("crowd-button", Button);
  customElements.define("crowd-icon-button", IconButton);
  customElements.define("crowd-fab", Fab);
})(window.crowdElements);
