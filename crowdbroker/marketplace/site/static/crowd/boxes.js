// Boxes as numbers: whole pixels of the picture, always inside it. Nothing here touches the page.
"use strict";

((crowd) => {
  const clamp = (x, low, high) => Math.min(Math.max(x, low), high);

  crowd.boxes = {
    // Returns a box from any five members, or nothing if they make none; keeps no other member.
    read(given) {
      const sides = ["left", "top", "width", "height"];
      const [left, top, width, height] = sides.map((side) => Math.round(Number(given?.[side])));
      const isBox = left >= 0 && top >= 0 && width > 0 && height > 0;
      return isBox ? { height, label: String(given.label ?? ""), left, top, width } : null;
    },

    // Returns the box between two points, at least one pixel wide and high.
    span([x, y], [x2, y2], label, size) {
      const left = clamp(Math.round(Math.min(x, x2)), 0, size.width - 1);
      const top = clamp(Math.round(Math.min(y, y2)), 0, size.height - 1);
      const width = clamp(Math.round(Math.max(x, x2)) - left, 1, size.width - left);
      const height = clamp(Math.round(Math.max(y, y2)) - top, 1, size.height - top);
      return { height, label, left, top, width };
    },

    shift(box, x, y, size) {
      const left = clamp(Math.round(box.left + x), 0, size.width - box.width);
      return { ...box, left, top: clamp(Math.round(box.top + y), 0, size.height - box.height) };
    },

    grow(box, x, y, size) {
      const width = clamp(Math.round(box.width + x), 1, size.width - box.left);
      return { ...box, width, height: clamp(Math.round(box.height + y), 1, size.height - box.top) };
    },

    holds(box, [x, y]) {
      return x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
    },

    // Returns the index of the smallest box at a point, so that boxes inside others can be reached, or -1.
    smallestAt(boxes, point) {
      const area = (i) => boxes[i].width * boxes[i].height;
      const there = [...boxes.keys()].filter((i) => crowd.boxes.holds(boxes[i], point));
      return there.sort((a, b) => area(a) - area(b))[0] ?? -1;
    },

    clamp,
  };
})(window.crowdElements);
