// crowd-form: checks the fields, lets the template's own handler have its say, and sends one answer, once.
"use strict";

((crowd) => {
  const { make } = crowd;
  const SUBMIT = 'crowd-button[form-action="submit"]';
  const PLAIN_SUBMIT = "button:not([type=button], [type=reset]), input[type=submit], input[type=image]";

  const query = new URLSearchParams(location.search);
  const assignmentId = query.get("assignmentId") ?? "";
  const site = (query.get("turkSubmitTo") ?? "").replace(/\/+$/, "");
  const isPreview = assignmentId === "ASSIGNMENT_ID_NOT_AVAILABLE";

  class Form extends crowd.Element {
    static css = `
      :host { display: block; }
      .foot { margin-top: 24px; }
      .note { margin: 8px 0; }
      .note:empty { display: none; }
      ::slotted(short-instructions) { margin-bottom: 8px; }
    `;

    build() {
      this.isSent = false;
      this.held = new Set();
      const slot = (name) => make("slot", { name });
      const alarm = make("p", { class: "problem", role: "alert" });
      const note = make("p", { class: "note", role: "status" });
      this.fill(slot("short-instructions"), slot("full-instructions"), make("slot"),
        make("div", { class: "foot" }, alarm, note, slot("submit")));
      this.addEventListener("click", (event) => this.pressed(event));
      this.addEventListener("submit", (event) => this.takeOver(event));
      crowd.whenParsed(() => this.ready());
      // Also after a step back, when the browser shows the page as it was.
      addEventListener("pageshow", () => isPreview || this.release());
    }

    ready() {
      this.reportUnknown();
      if (!this.querySelector(`${SUBMIT}, ${PLAIN_SUBMIT}`)) {
        this.append(make("crowd-button", { "form-action": "submit", variant: "primary", slot: "submit" }, "Submit"));
      }
      if (isPreview) {
        this.hold();
        this.tell("This is a preview. Accept the HIT to answer and submit it.");
      }
      const fields = crowd.fieldsOf(this);
      this.states = fields.map((field) => [field, crowd.stateOf(field)]);
      // The only thing to do here: its keys work at once.
      if (fields.length === 1 && /classifier/.test(fields[0].localName)) fields[0].focus({ preventScroll: true });
      if (!isPreview && /^https?:/i.test(site)) crowd.keepDrafts(this, new URL(site).origin);
    }

    // A worker who sees nothing should know that it is not their fault.
    reportUnknown() {
      const names = [...this.querySelectorAll(":not(:defined)")].map((node) => node.localName);
      for (const name of new Set(names.filter((one) => one.startsWith("crowd-")))) {
        this.prepend(make("crowd-alert", { type: "warning" }, `A part of this page, ${name}, cannot be shown here.`));
      }
    }

    // A button that the template itself keeps off is left to the template.
    hold() {
      const on = [...this.querySelectorAll(`${SUBMIT}, ${PLAIN_SUBMIT}`)].filter((button) => !button.disabled);
      for (const button of on) {
        button.disabled = true;
        this.held.add(button);
      }
    }

    release() {
      this.isSent = false;
      for (const button of this.held) button.disabled = false;
      this.held.clear();
    }

    tell(text) {
      this.$(".note").textContent = text;
    }

    // Plain buttons send too, as they would in a standard form.
    pressed(event) {
      const button = event.target.closest(`${PLAIN_SUBMIT}, button[type=reset], input[type=reset]`);
      if (!button || button.form || event.defaultPrevented) return;
      event.preventDefault();
      if (button.type === "reset") this.reset();
      else this.requestSubmit(button);
    }

    // A standard form inside sends nothing by itself: its fields are this form's.
    takeOver(event) {
      if (event.target === this) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      this.requestSubmit(event.submitter);
    }

    // Checks, asks the handlers of `submit`, and sends.
    requestSubmit(submitter = null) {
      if (this.isSent || isPreview || !this.reportValidity()) return;
      const event = new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter });
      if (this.dispatchEvent(event)) this.submit();
    }

    // Sends at once, as a standard form's method of this name does.
    submit() {
      if (this.isSent || isPreview) return;
      const base = site || this.attr("action").replace(/\/mturk\/externalSubmit\/?$/, "");
      if (!/^https?:/i.test(base)) {
        this.tell("This answer cannot be sent: the page was opened without the marketplace's address.");
        return;
      }
      this.isSent = true;
      this.post(`${base}/mturk/externalSubmit`);
      this.hold();
    }

    post(address) {
      const answers = crowd.collect(this);
      const flat = this.attr("answer-format") === "flatten-objects" ? crowd.flatten(answers) : [];
      // Without any field of its own an answer would not be taken.
      const pairs = flat.length ? flat : [["taskAnswers", JSON.stringify([answers])]];
      const fields = [["assignmentId", assignmentId], ...pairs];
      const form = make("form", { method: "post", action: address, hidden: true });
      form.append(...fields.map(([name, value]) => make("textarea", { name }, value)));
      document.body.append(form);
      // A field of the name "submit" would hide the method.
      HTMLFormElement.prototype.submit.call(form);
    }

    get action() {
      return this.attr("action");
    }

    set action(address) {
      this.setAttribute("action", address);
    }

    // Returns the fields that keep the form from being sent, each showing why.
    findInvalid() {
      return crowd.fieldsOf(this).filter((field) => {
        if (field instanceof crowd.Field) return field.validate() !== "";
        const isBad = !field.checkValidity();
        if (isBad) field.setAttribute("aria-invalid", "true");
        else field.removeAttribute("aria-invalid");
        return isBad;
      });
    }

    checkValidity() {
      return this.findInvalid().length === 0;
    }

    reportValidity() {
      const invalid = this.findInvalid();
      const many = invalid.length === 1 ? "one field is" : `${invalid.length} fields are`;
      this.$(".problem").textContent = invalid.length ? `Not sent yet: ${many} not answered or not right.` : "";
      if (invalid.length) this.goTo(invalid[0]);
      return invalid.length === 0;
    }

    goTo(field) {
      field.scrollIntoView({ block: "center" });
      field.focus({ preventScroll: true });
      // The browser's own words for the browser's own fields.
      if (!(field instanceof crowd.Field)) field.reportValidity();
    }

    reset() {
      for (const [field, state] of this.states) crowd.giveBack(field, state);
    }
  }

  customElements.define("crowd-form", Form);
})(window.crowdElements);
