// crowd-bounding-box: boxes with labels, drawn on a picture.
"use strict";

((crowd) => {
  const { boxes } = crowd;
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  class BoundingBox extends crowd.BoundingBoxView {
    static observedAttributes = ["labels", "header", "src", "initial-value", "disabled"];

    build() {
      this.drawn = [];
      this.past = [];
      this.chosen = -1;
      super.build();
      this.giveUp = crowd.letPointersDraw(this);
      this.addEventListener("keydown", (event) => this.pressed(event));
      this.stage.addEventListener("focusin", ({ target }) => {
        const i = this.nodes.indexOf(target);
        if (i >= 0 && i !== this.chosen) this.pick(i);
      });
    }

    update() {
      this.$("h2").textContent = this.attr("header");
      if (this.image.getAttribute("src") !== this.attr("src")) this.image.src = this.attr("src");
      const labels = crowd.readAttribute(this, "labels", []);
      this.labelNames = (Array.isArray(labels) ? labels : []).map((one) => String(one?.label ?? one));
      if (this.shownLabels !== this.labelNames.join("\n")) this.showLabels();
      this.shownLabels = this.labelNames.join("\n");
      if (this.initial !== this.attr("initial-value")) this.begin();
      this.draw();
    }

    begin() {
      const given = crowd.readAttribute(this, "initial-value", []);
      this.initial = this.attr("initial-value");
      this.drawn = (Array.isArray(given) ? given : []).map(boxes.read).filter(Boolean);
      this.started = JSON.stringify(this.drawn);
    }

    get size() {
      return { width: this.image.naturalWidth, height: this.image.naturalHeight };
    }

    get label() {
      return this.labelChoices.querySelector(":checked")?.value ?? "";
    }

    // Chooses a box, or none by -1.
    pick(i) {
      this.chosen = this.drawn[i] ? i : -1;
      const label = this.drawn[i]?.label;
      for (const input of this.labelChoices.querySelectorAll("input")) if (input.value === label) input.checked = true;
      this.draw();
    }

    // Takes over changed boxes, remembers the old ones for undo, and tells the page.
    change(drawn, chosen, news = "") {
      if (JSON.stringify(drawn) === JSON.stringify(this.drawn)) return this.draw();
      this.past.push(this.drawn);
      return this.show(drawn, chosen, news);
    }

    show(drawn, chosen, news) {
      this.drawn = drawn;
      this.chosen = chosen;
      this.draw(news);
      this.showProblem("");
      this.announce("input");
      this.announce();
    }

    put(i, box, news = "") {
      this.change(Object.assign([...this.drawn], { [i]: box }), i, news);
      this.focusChosen();
    }

    addBox() {
      const { width, height } = this.size;
      if (!width || this.has("disabled")) return;
      const [from, to] = [[(width * 3) / 8, (height * 3) / 8], [(width * 5) / 8, (height * 5) / 8]];
      this.put(this.drawn.length, boxes.span(from, to, this.label, this.size), "New. ");
    }

    removeChosen() {
      if (this.chosen < 0 || this.has("disabled")) return;
      const left = this.drawn.filter((_, i) => i !== this.chosen);
      this.change(left, Math.min(this.chosen, left.length - 1), "Deleted. ");
      this.focusChosen();
    }

    undo() {
      if (!this.past.length || this.has("disabled")) return;
      this.show(this.past.pop(), -1, "Undone. ");
      this.focusChosen();
    }

    setLabel(label) {
      const changed = this.drawn.map((box, i) => (i === this.chosen ? { ...box, label } : box));
      if (this.chosen >= 0) this.change(changed, this.chosen);
    }

    setSide(side, value) {
      const box = this.drawn[this.chosen];
      if (!box) return;
      const by = (name) => (name === side ? value - box[name] : 0);
      const moved = boxes.shift(box, by("left"), by("top"), this.size);
      const changed = boxes.grow(moved, by("width"), by("height"), this.size);
      this.change(Object.assign([...this.drawn], { [this.chosen]: changed }), this.chosen);
    }

    focusChosen() {
      (this.nodes[this.chosen] ?? this.stage).focus({ preventScroll: true });
    }

    focus(options) {
      this.stage.focus(options);
    }

    pressed(event) {
      const { key } = event;
      const isUndo = key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey);
      const isOnPicture = this.stage.contains(event.composedPath()[0]);
      if (isOnPicture && ARROWS[key] && this.chosen >= 0) this.moveBy(event, ARROWS[key]);
      else if (isOnPicture && isUndo) this.undo();
      else if (crowd.isTyping(event) || !this.act(key, isOnPicture)) return;
      event.preventDefault();
    }

    // Returns whether the key means something here.
    act(key, isOnPicture) {
      const choice = this.labelChoices.querySelectorAll("input")[/^[1-9]$/.test(key) ? key - 1 : -1];
      if (choice) choice.click();
      else if (key === "n" || key === "N") this.addBox();
      else if (key === "u" || key === "U") this.undo();
      else if (isOnPicture && /^(?:Delete|Backspace)$/.test(key)) this.removeChosen();
      else if (isOnPicture && key === "Escape") this.letGo();
      else return false;
      return true;
    }

    letGo() {
      if (this.giveUp()) return;
      this.pick(-1);
      this.stage.focus({ preventScroll: true });
    }

    moveBy({ shiftKey, ctrlKey, altKey }, [x, y]) {
      if (this.has("disabled")) return;
      const step = (length) => Math.max(1, Math.round(length * (shiftKey ? 0.1 : 0.01)));
      const change = ctrlKey || altKey ? boxes.grow : boxes.shift;
      const { width, height } = this.size;
      this.put(this.chosen, change(this.drawn[this.chosen], x * step(width), y * step(height), this.size));
    }

    get value() {
      const { width, height } = this.size;
      const answer = { boundingBoxes: this.drawn, inputImageProperties: { height, width } };
      if (this.initial) answer.initialValueModified = JSON.stringify(this.drawn) !== this.started;
      return answer;
    }

    set value(answer) {
      this.draft = answer?.boundingBoxes ?? [];
    }

    get draft() {
      return this.drawn;
    }

    set draft(kept) {
      this.drawn = (Array.isArray(kept) ? kept : []).map(boxes.read).filter(Boolean);
      this.chosen = -1;
      this.past = [];
      this.draw();
    }

    // A picture may show nothing of what is sought, so no box at all is an answer unless the template says otherwise.
    problem() {
      return this.has("required") && !this.drawn.length ? "Draw at least one box." : "";
    }
  }
  crowd.reflect(BoundingBox, { texts: ["header", "labels", "src"] });

  customElements.define("crowd-bounding-box", BoundingBox);
})(window.crowdElements);
