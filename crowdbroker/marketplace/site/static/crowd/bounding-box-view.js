// What crowd-bounding-box shows: the picture with its boxes, the labels, the tools, and the chosen box in numbers.
"use strict";

((crowd) => {
  const { make } = crowd;
  const CORNERS = ["nw", "ne", "sw", "se"];
  const SIDES = ["left", "top", "width", "height"];
  const KEYS = [
    ["N", "New box in the middle"], ["Tab", "Next box"], ["1–9", "Label of the box"],
    ["←↑↓→", "Move it; with Ctrl or Alt: resize; with Shift: ten times as far"], ["Del", "Delete it"],
    ["U", "Undo"], ["Esc", "Stop drawing, or let go of the box"],
  ];

  const CSS = `
    ${crowd.overlayCss}
    :host { display: block; margin: 12px 0; }
    h2 { margin: 12px 0; font-size: 20px; line-height: 28px; }
    .stage { touch-action: pinch-zoom; cursor: crosshair; user-select: none; -webkit-user-select: none; }
    .stage:focus-visible { outline-offset: 4px; }
    .box.chosen { cursor: move; box-shadow: inset 0 0 0 2px #fff8; background: hsl(var(--hue) 90% 40% / 0.15); }
    .box i { display: none; position: absolute; width: 24px; height: 24px; }
    .box.chosen i { display: block; }
    .box i::before {
      content: ""; position: absolute; inset: 6px; border: 2px solid #fff; border-radius: 50%;
      background: hsl(var(--hue) 90% 40%);
    }
    .nw { left: -13px; top: -13px; cursor: nwse-resize; } .ne { right: -13px; top: -13px; cursor: nesw-resize; }
    .sw { left: -13px; bottom: -13px; cursor: nesw-resize; } .se { right: -13px; bottom: -13px; cursor: nwse-resize; }
    @media (pointer: coarse) {
      .box i { width: 44px; height: 44px; } .box i::before { inset: 14px; }
      .nw { left: -23px; top: -23px; } .ne { right: -23px; top: -23px; }
      .sw { left: -23px; bottom: -23px; } .se { right: -23px; bottom: -23px; }
    }
    .labels, .tools { display: flex; flex-wrap: wrap; gap: 8px; margin: 8px 0; }
    .numbers { display: grid; grid-template-columns: repeat(4, minmax(0, 6rem)); gap: 8px; margin: 8px 0; }
    .choice {
      display: flex; align-items: center; gap: 8px; min-height: 44px; padding: 4px 12px; border: 1px solid var(--edge);
      border-left: 6px solid hsl(var(--hue) 90% 40%); border-radius: 6px; background: var(--paper); color: var(--ink);
      cursor: pointer; overflow-wrap: anywhere;
    }
    .choice:has(:checked) { background: var(--wash); box-shadow: inset 0 0 0 1px var(--accent); }
    .choice:has(:focus-visible) { outline: 3px solid var(--accent); outline-offset: 2px; }
    .choice input { outline: none; }
    .numbers label { display: grid; font-size: 14px; color: inherit; }
    .numbers input {
      width: 100%; min-height: 44px; padding: 4px 8px; border: 1px solid var(--edge); border-radius: 6px;
      background: var(--paper);
    }
    .numbers input:disabled { border-style: dashed; background: none; }
    summary { width: fit-content; min-height: 32px; padding: 4px 0; cursor: pointer; }
    dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 16px; margin: 8px 0; }
    dt { font-weight: 600; }
    dd { margin: 0; }
  `;

  class BoundingBoxView extends crowd.Field {
    static css = CSS;

    build() {
      const slot = (name) => make("slot", { name });
      this.image = crowd.makePicture("The picture to draw on");
      this.image.addEventListener("load", () => this.draw());
      this.stage = make("div", {
        class: "stage control", tabindex: "0", role: "application", "aria-label": "Picture, to draw on",
        "aria-describedby": "say problem",
      }, this.image);
      this.labelChoices = make("div", { class: "labels", role: "radiogroup", "aria-label": "Label of the box" });
      this.say = make("p", { id: "say", role: "status" });
      this.fill(slot("short-instructions"), slot("full-instructions"), make("h2"), this.labelChoices, this.makeTools(),
        this.stage, this.say, this.makeNumbers(), this.makeKeys(), make("p", { id: "problem", class: "problem" }),
        make("slot"));
    }

    makeTools() {
      const tool = (words, key, act) =>
        make("button", { type: "button", "aria-keyshortcuts": key, click: () => act() }, words);
      this.removeButton = tool("Delete", "Delete", () => this.removeChosen());
      this.undoButton = tool("Undo", "u", () => this.undo());
      const add = tool("New box", "n", () => this.addBox());
    return make("div", { class: "tools" }, add, this.removeButton, this.undoButton);
    }

    // Whoever cannot drag can still say where a box is and how large.
    makeNumbers() {
      this.numbers = SIDES.map((side) => make("input", { type: "number", min: side === "left" || side === "top" ? 0 : 1,
        change: (event) => this.setSide(side, Number(event.target.value)) }));
      const labels = SIDES.map((side, i) => make("label", {}, side[0].toUpperCase() + side.slice(1), this.numbers[i]));
      return make("div", { class: "numbers", role: "group", "aria-label": "Chosen box, in pixels" }, ...labels);
    }

    makeKeys() {
      const rows = KEYS.flatMap(([key, words]) => [make("dt", {}, key), make("dd", {}, words)]);
      return make("details", {}, make("summary", {}, "Keys"), make("dl", {}, ...rows));
    }

    showLabels() {
      const choice = (label, i) => {
        const input = make("input", { type: "radio", name: "label", value: label, change: () => this.setLabel(label) });
        const node = make("label", { class: "choice" }, input, make("span", { dir: "auto" }, label));
        node.style.setProperty("--hue", String(215 + 137 * i));
        input.checked = i === 0;
        return node;
      };
      this.labelChoices.replaceChildren(...this.labelNames.map(choice));
      this.labelChoices.hidden = this.labelNames.length === 0;
    }

    get nodes() {
      return [...this.stage.querySelectorAll(".box")];
    }

    // Draws the boxes; while one is dragged, as it would be. `news` is read aloud before where things are.
    draw(news = "", dragged = null) {
      if (!this.image.naturalWidth) return;
      const boxes = dragged ? Object.assign([...this.drawn], { [dragged.index]: dragged.shape }) : this.drawn;
      const chosen = dragged ? dragged.index : this.chosen;
      const { nodes } = this;
      nodes.slice(boxes.length).forEach((node) => node.remove());
      boxes.forEach((box, i) => this.drawBox(nodes[i] ?? this.newNode(), box, i, boxes.length, i === chosen));
      if (dragged) return;
      this.say.textContent = news + this.whereItIs();
      this.removeButton.disabled = chosen < 0;
      this.undoButton.disabled = !this.past.length;
      SIDES.forEach((side, i) => {
        this.numbers[i].disabled = chosen < 0;
        this.numbers[i].value = boxes[chosen]?.[side] ?? "";
      });
    }

    newNode() {
      const corners = CORNERS.map((corner) => make("i", { class: corner, "data-corner": corner }));
      const words = make("span", { dir: "auto" });
    const node = make("div", { class: "box", role: "group", tabindex: "0" }, words, ...corners);
      this.stage.append(node);
      return node;
    }

    drawBox(node, box, i, count, isChosen) {
      crowd.layBox(node, box, this.image, this.labelNames);
      node.classList.toggle("chosen", isChosen);
      node.setAttribute("aria-label", `Box ${i + 1} of ${count}: ${box.label}`);
    }

    whereItIs() {
      const { drawn, chosen } = this;
      const box = drawn[chosen];
      const place = box && `${box.width} × ${box.height} at ${box.left}, ${box.top}`;
    if (box) return `Box ${chosen + 1} of ${drawn.length}: ${box.label}, ${place}`;
      if (!drawn.length) return "No box yet. Draw one, or press New box.";
      return drawn.length === 1 ? "One box" : `${drawn.length} boxes`;
    }
  }

  crowd.BoundingBoxView = BoundingBoxView;
})(window.crowdElements);
