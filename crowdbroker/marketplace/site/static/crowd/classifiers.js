// The four classifiers: something to look at, and its categories to choose from.
"use strict";

((crowd) => {
  const { make } = crowd;

  class Classifier extends crowd.Field {
    static observedAttributes = ["categories", "header", "src", "exclusion-category", "overlay", "disabled"];
    static css = `
      ${crowd.overlayCss}
      :host { display: block; margin: 12px 0; }
      h2 { margin: 12px 0; font-size: 20px; line-height: 28px; }
      .choices {
        display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: 8px; margin-top: 12px;
      }
      .choice {
        display: flex; align-items: center; gap: 8px; min-height: 44px; padding: 4px 12px;
        border: 1px solid var(--edge); border-radius: 6px; background: var(--paper); color: var(--ink);
        cursor: pointer; overflow-wrap: anywhere;
      }
      .choice:has(:checked) {
        border-color: var(--accent); background: var(--wash); box-shadow: inset 0 0 0 1px var(--accent);
      }
      .choice:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
      .choice input { outline: none; }
      kbd {
        min-width: 20px; margin-left: auto; padding: 0 4px; border: 1px solid; border-radius: 4px; color: var(--soft);
        font: 12px/18px ui-monospace, Consolas, monospace; text-align: center;
      }
      :host(:not(:focus-within)) kbd { visibility: hidden; }
      @media (hover: none) { kbd { display: none; } }
      ::slotted(worker-comment) { margin-top: 8px; }
    `;
    static isMany = false;
    static isImage = false;

    build() {
      const slot = (name) => make("slot", { name });
      const { isImage, isMany } = this.constructor;
      this.image = crowd.makePicture("The picture to classify");
      this.image.addEventListener("load", () => this.showOverlay());
      this.stage = make("div", { class: "stage" }, ...(isImage ? [this.image] : []));
      this.choices = make("div", {
        class: "choices control", role: isMany ? "group" : "radiogroup", "aria-labelledby": "header",
        "aria-describedby": "problem",
      });
      this.choices.addEventListener("change", (event) => this.chose(event.target));
      this.fill(slot("short-instructions"), slot("full-instructions"), make("h2", { id: "header" }), this.stage,
        slot("classification-target"), make("slot"), slot("additional-instructions"), this.choices,
        make("p", { id: "problem", class: "problem" }), slot("worker-comment"));
      this.addEventListener("keydown", (event) => this.pressed(event));
    }

    update() {
      this.$("h2").textContent = this.attr("header");
      const { isImage } = this.constructor;
      this.stage.hidden = !isImage;
      if (isImage && this.image.getAttribute("src") !== this.attr("src")) this.image.src = this.attr("src");
      this.showOverlay();
      this.showChoices();
    }

    showOverlay() {
      crowd.showOverlay(this.stage, this.image, crowd.readAttribute(this, "overlay", null));
    }

    showChoices() {
      const categories = crowd.readAttribute(this, "categories", []);
      const named = (Array.isArray(categories) ? categories : []).map((one) => String(one?.label ?? one));
      const exclusion = crowd.readAttribute(this, "exclusion-category", null);
      this.exclusion = this.constructor.isMany && exclusion ? String(exclusion.text ?? exclusion) : null;
      const all = this.exclusion === null ? named : [...named, this.exclusion];
      if (all.join("\n") === this.shown) return;
      const chosen = this.chosen;
      this.shown = all.join("\n");
      this.choices.replaceChildren(...all.map((category, i) => this.choice(category, i)));
      this.chosen = chosen;
    }

    choice(category, i) {
      const type = this.constructor.isMany ? "checkbox" : "radio";
      const key = i < 9 ? [make("kbd", { "aria-hidden": "true" }, String(i + 1))] : [];
      const input = make("input", { type, name: "category", value: category, disabled: this.has("disabled") });
      return make("label", { class: "choice" }, input, make("span", { dir: "auto" }, category), ...key);
    }

    get inputs() {
      return [...this.choices.querySelectorAll("input")];
    }

    get chosen() {
      return this.inputs.filter((input) => input.checked).map((input) => input.value);
    }

    set chosen(values) {
      for (const input of this.inputs) input.checked = values.includes(input.value);
    }

    // None of them, or some of them: not both.
    chose(input) {
      const isExclusion = input.value === this.exclusion;
      if (this.exclusion !== null && input.checked) {
        for (const other of this.inputs) if ((other.value === this.exclusion) !== isExclusion) other.checked = false;
      }
      this.showProblem("");
      this.announce();
    }

    // A digit chooses while the focus is here; elsewhere it belongs to others.
    pressed(event) {
      const input = /^[1-9]$/.test(event.key) && !crowd.isTyping(event) ? this.inputs[event.key - 1] : null;
      if (!input || event.repeat) return;
      event.preventDefault();
      input.focus();
      input.click();
    }

    focus(options) {
      (this.inputs.find((input) => input.checked) ?? this.inputs[0])?.focus(options);
    }

    get comment() {
      return this.querySelector(":scope > worker-comment");
    }

    get value() {
      const answer = this.constructor.isMany ? { labels: this.chosen } : { label: this.chosen[0] };
      const workerComment = this.comment?.comment;
      return workerComment ? { ...answer, workerComment } : answer;
    }

    set value(answer) {
      this.chosen = [answer?.labels ?? answer?.label ?? []].flat();
    }

    get draft() {
      return { chosen: this.chosen, comment: this.comment?.comment ?? "" };
    }

    set draft(kept) {
      this.chosen = Array.isArray(kept?.chosen) ? kept.chosen : [];
      if (this.comment) this.comment.comment = String(kept?.comment ?? "");
    }

    problem() {
      if (this.chosen.length || !this.inputs.length) return "";
      return this.constructor.isMany ? "Choose at least one category." : "Choose a category.";
    }
  }
  crowd.reflect(Classifier, { texts: ["header", "categories", "src"] });

  const KINDS = [
    ["crowd-classifier", false, false],
    ["crowd-classifier-multi-select", true, false],
    ["crowd-image-classifier", false, true],
    ["crowd-image-classifier-multi-select", true, true],
  ];
  for (const [name, isMany, isImage] of KINDS) {
    customElements.define(name, class extends Classifier {
      static isMany = isMany;
      static isImage = isImage;
    });
  }
})(window.crowdElements);
