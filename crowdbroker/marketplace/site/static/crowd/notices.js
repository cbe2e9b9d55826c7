// crowd-alert, crowd-toast, crowd-card and crowd-badge: things to read.
"use strict";

((crowd) => {
  const { make } = crowd;

  class Alert extends crowd.Element {
    static observedAttributes = ["type", "dismissible"];
    static css = `
      :host { display: block; margin: 12px 0; }
      .box {
        display: flex; align-items: start; gap: 8px; padding: 12px 16px; border-left: 4px solid var(--mark);
        background: var(--ground); color: var(--ink);
      }
      .box > span { flex: 1; min-width: 0; }
      strong { color: var(--mark); }
      .info { --mark: var(--accent); --ground: var(--wash); }
      .success { --mark: var(--good); --ground: var(--wash); }
      .warning, .error { --mark: var(--bad); --ground: var(--bad-wash); }
      button { margin: -8px -8px -8px 0; }
    `;
    static words = { info: "Note", success: "Done", warning: "Warning", error: "Error" };

    build() {
      this.close = make("button", { type: "button", class: "link", click: () => this.remove() }, "Close");
      this.kind = make("strong");
      this.fill(make("div", { class: "box" }, make("span", {}, this.kind, make("slot")), this.close));
    }

    update() {
      const type = this.attr("type") in Alert.words ? this.attr("type") : "info";
      const box = this.$("div");
      box.className = `box ${type}`;
      box.setAttribute("role", /error|warning/.test(type) ? "alert" : "status");
      this.kind.textContent = `${Alert.words[type]}: `;
      this.close.hidden = !this.has("dismissible");
    }
  }
  crowd.reflect(Alert, { texts: ["type"], flags: ["dismissible"] });

  class Toast extends crowd.Element {
    static observedAttributes = ["opened", "text", "duration"];
    static css = `
      :host {
        position: fixed; left: 16px; right: 16px; bottom: 16px; z-index: 10; display: none; pointer-events: none;
      }
      :host([opened]) { display: block; }
      .box {
        display: flex; align-items: center; gap: 16px; width: fit-content; max-width: 100%; margin: 0 auto;
        padding: 8px 8px 8px 20px; border-radius: 8px; background: var(--ink); color: var(--paper);
        pointer-events: auto;
      }
      .box button { color: inherit; }
      :focus-visible { outline-color: var(--paper); }
    `;

    build() {
      this.words = make("span", { role: "status" });
      const close = make("button", { type: "button", class: "link", click: () => this.hide() }, "Close");
      this.fill(make("div", { class: "box" }, this.words, close));
      // Nobody is hurried who is still at it.
      for (const stop of ["pointerenter", "focusin"]) this.addEventListener(stop, () => clearTimeout(this.timer));
      for (const go of ["pointerleave", "focusout"]) this.addEventListener(go, () => this.wait());
    }

    update() {
      if (!this.has("opened")) return clearTimeout(this.timer);
      for (const other of document.querySelectorAll("crowd-toast[opened]")) if (other !== this) other.hide();
      // Put in after the region shows, or it is not read aloud.
      requestAnimationFrame(() => this.words.replaceChildren(this.has("text") ? this.attr("text") : make("slot")));
      return this.wait();
    }

    wait() {
      const duration = Number(this.attr("duration", "3000"));
      clearTimeout(this.timer);
      if (duration > 0 && duration < 2 ** 31) this.timer = setTimeout(() => this.hide(), duration);
    }

    show() {
      this.setAttribute("opened", "");
    }

    hide() {
      this.removeAttribute("opened");
    }
  }
  crowd.reflect(Toast, { texts: ["text", "duration"], flags: ["opened"] });
  Object.assign(Toast.prototype, { open: Toast.prototype.show, close: Toast.prototype.hide });

  class Card extends crowd.Element {
    static observedAttributes = ["heading", "image"];
    static css = `
      :host {
        display: inline-block; max-width: 100%; border: 1px solid var(--line); border-radius: 8px;
        padding: 4px 12px; background: var(--paper); color: var(--ink); overflow: hidden;
      }
      img { display: block; width: 100%; margin: 8px 0; }
      h3 { margin: 8px 0 0; font-size: 18px; line-height: 28px; }
    `;

    build() {
      this.picture = make("img", { alt: "" });
      this.fill(this.picture, make("h3"), make("slot"));
    }

    update() {
      this.$("h3").textContent = this.attr("heading");
      this.$("h3").hidden = !this.has("heading");
      this.picture.hidden = !this.has("image");
      if (this.has("image")) this.picture.src = this.attr("image");
    }
  }
  crowd.reflect(Card, { texts: ["heading", "image"] });

  class Badge extends crowd.Element {
    static observedAttributes = ["icon", "label", "for"];
    static css = `
      :host {
        position: absolute; z-index: 1; display: grid; place-items: center; min-width: 24px; height: 24px;
        padding: 0 4px; border-radius: 12px; background: var(--accent); color: var(--on-accent);
        font-size: 14px; font-weight: 600; line-height: 24px; pointer-events: none;
      }
      svg, img { width: 16px; height: 16px; }
    `;

    build() {
      this.place = () => this.sit();
      crowd.whenParsed(this.place);
      addEventListener("resize", this.place);
      addEventListener("load", this.place);
    }

    update() {
      const icon = this.attr("icon");
      const name = icon ? crowd.iconWords(icon) : this.attr("label");
      const words = make("span", { class: icon ? "unseen" : "seen" }, name);
      this.shadowRoot.replaceChildren(words, ...(icon ? [crowd.icon(icon)] : []));
      this.sit();
    }

    disconnectedCallback() {
      for (const moment of ["resize", "load"]) removeEventListener(moment, this.place);
    }

    // On the top right corner of what it is for; where there is no such thing it stays in the text.
    sit() {
      const target = document.getElementById(this.attr("for"));
      const around = this.offsetParent;
      this.style.position = target ? "" : "static";
      if (!target || !around) return;
      const [corner, origin] = [target.getBoundingClientRect(), around.getBoundingClientRect()];
      this.style.left = `${corner.right - origin.left - 12}px`;
      this.style.top = `${corner.top - origin.top - 12}px`;
    }
  }

  customElements.define("crowd-alert", Alert);
  customElements.define("crowd-toast", Toast);
  customElements.define("crowd-card", Card);
  customElements.define("crowd-badge", Badge);
})(window.crowdElements);
