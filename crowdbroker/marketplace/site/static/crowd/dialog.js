// A button and the window that it opens: instructions, modals and comments share it.
"use strict";

((crowd) => {
  crowd.dialogCss = `
    :host { display: inline-block; }
    button.link { margin-left: -4px; }
    dialog {
      width: min(48rem, calc(100vw - 32px)); max-height: calc(100vh - 32px); padding: 0;
      border: 1px solid var(--edge); border-radius: 8px; background: var(--paper); color: var(--ink);
    }
    dialog::backdrop { background: #000a; }
    .head {
      position: sticky; top: 0; z-index: 1; display: flex; align-items: center; justify-content: space-between;
      gap: 16px; padding: 12px 20px; border-bottom: 1px solid var(--line); background: var(--paper);
    }
    .head h2 { margin: 0; font-size: 18px; line-height: 28px; }
    .head h2:focus { outline: none; }
    .body { padding: 12px 20px 20px; overflow-wrap: anywhere; }
  `;

  // Returns { opener, dialog, open }; `words` is on the button, `heading` on top of the window.
  crowd.makeDialog = ({ words, heading, className = "link" }, ...content) => {
    const { make } = crowd;
    const title = make("h2", { id: "heading", tabindex: "-1" }, heading);
    const dialog = make("dialog", { "aria-labelledby": "heading" });
    const close = make("button", { type: "button", click: () => dialog.close() }, "Close");
    dialog.append(make("div", { class: "head" }, title, close), make("div", { class: "body" }, ...content));
    const open = () => {
      if (dialog.open) return;
      dialog.showModal();
      // So that a reader starts at the beginning, and the keys scroll.
      title.focus();
    };
    const opener = make("button", { type: "button", class: className, "aria-haspopup": "dialog", click: open }, words);
    return { opener, dialog, open };
  };

  class Modal extends crowd.Element {
    static observedAttributes = ["link-text", "link-type"];
    static css = crowd.dialogCss;

    build() {
      Object.assign(this, crowd.makeDialog({ words: "", heading: "" }, crowd.make("slot")));
      this.fill(this.opener, this.dialog);
    }

    update() {
      const words = this.attr("link-text", "Click to open modal");
      this.opener.textContent = words;
      this.$("h2").textContent = words;
      this.opener.className = this.attr("link-type") === "button" ? "" : "link";
    }

    close() {
      this.dialog.close();
    }
  }
  customElements.define("crowd-modal", Modal);
})(window.crowdElements);
