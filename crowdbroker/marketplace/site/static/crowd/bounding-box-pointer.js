// Drawing, moving and resizing boxes with a mouse, a pen or a finger.
"use strict";

((crowd) => {
  const { boxes } = crowd;
  // Less than this many pixels of the screen are a tap, not a stroke.
  const TAP = 6;

  // Lets pointers work on the picture of a crowd-bounding-box; returns a function that gives a stroke up.
  crowd.letPointersDraw = (field) => {
    const { stage, image } = field;
    let drag = null;

    const place = ({ clientX, clientY }) => {
      const { left, top, width, height } = image.getBoundingClientRect();
      const { clamp } = boxes;
      return [
        clamp((clientX - left) / width, 0, 1) * image.naturalWidth,
        clamp((clientY - top) / height, 0, 1) * image.naturalHeight,
      ];
    };

    const giveUp = () => {
      const had = drag !== null;
      drag = null;
      if (had) field.draw();
      return had;
    };

    const shaped = (to) => {
      const { from, corner, box } = drag;
      if (!box) return boxes.span(from, to, field.label, field.size);
      if (!corner) return boxes.shift(box, to[0] - from[0], to[1] - from[1], field.size);
      const fixed = [box.left + (/w/.test(corner) ? box.width : 0), box.top + (/n/.test(corner) ? box.height : 0)];
      return boxes.span(fixed, to, box.label, field.size);
    };

    // The chosen box is moved or resized; everywhere else a new one begins, so that boxes may lie in each other.
    stage.addEventListener("pointerdown", (event) => {
      if (!image.naturalWidth || event.button || field.has("disabled")) return;
      // A second finger means something else than drawing.
      if (drag) return giveUp();
      const from = place(event);
      const { corner } = event.target.dataset;
      const old = field.drawn[field.chosen];
      const box = old && (corner || boxes.holds(old, from)) ? old : null;
      stage.setPointerCapture(event.pointerId);
      drag = { id: event.pointerId, from, corner, box, index: box ? field.chosen : field.drawn.length, shape: null };
      field.focusChosen();
    });

    stage.addEventListener("pointermove", (event) => {
      if (drag?.id !== event.pointerId) return;
      drag.shape = shaped(place(event));
      field.draw("", drag);
    });

    stage.addEventListener("pointerup", (event) => {
      if (drag?.id !== event.pointerId) return;
      const { from, box, shape, index } = drag;
      const least = (TAP * image.naturalWidth) / image.offsetWidth;
      drag = null;
      if (shape && (box || Math.max(shape.width, shape.height) > least)) {
        field.put(index, shape, box ? "" : "New. ");
      } else {
        field.pick(boxes.smallestAt(field.drawn, from));
        field.focusChosen();
      }
    });

    stage.addEventListener("pointercancel", giveUp);
    stage.addEventListener("mousedown", (event) => event.preventDefault());
    return giveUp;
  };
})(window.crowdElements);
