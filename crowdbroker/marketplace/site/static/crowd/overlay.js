// A picture with boxes on it: drawn on by crowd-bounding-box, shown by the classifiers that verify earlier work.
"use strict";

((crowd) => {
  const { make } = crowd;

  crowd.overlayCss = `
    .stage { position: relative; width: fit-content; max-width: 100%; margin: 12px 0; }
    .stage img { display: block; max-width: 100%; max-height: 70vh; }
    .stage img.mask { position: absolute; inset: 0; width: 100%; height: 100%; opacity: 0.5; }
    .box { position: absolute; border: 2px solid hsl(var(--hue) 90% 40%); outline: 1px solid #fff; }
    .box span {
      position: absolute; left: -2px; bottom: 100%; max-width: 16em; padding: 0 6px; background: #1d2324; color: #fff;
      font-size: 13px; line-height: 20px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
    }
    .box.low span { bottom: auto; top: 0; }
  `;

  crowd.makePicture = (alt) => {
    const image = make("img", { alt, draggable: "false" });
    image.addEventListener("error", () => { image.alt = "This picture cannot be shown."; });
    return image;
  };

  // Lays a node over its share of the picture, whose size on the screen may change at any time.
  crowd.layBox = (node, box, image, labels) => {
    const { naturalWidth, naturalHeight } = image;
    const share = (part, whole) => `${(100 * part) / whole}%`;
    Object.assign(node.style, {
      left: share(box.left, naturalWidth), top: share(box.top, naturalHeight),
      width: share(box.width, naturalWidth), height: share(box.height, naturalHeight),
    });
    node.style.setProperty("--hue", String(215 + 137 * labels.indexOf(box.label)));
    // At the upper edge the words would leave the picture.
    node.classList.toggle("low", box.top * image.offsetHeight < 22 * naturalHeight);
    node.querySelector("span").textContent = box.label;
  };

  // Shows earlier work over a picture, as the attribute `overlay` has it.
  crowd.showOverlay = (stage, image, overlay) => {
    for (const old of stage.querySelectorAll(".box, .mask")) old.remove();
    if (!overlay || !image.naturalWidth) return;
    const { labels = [], value = [] } = overlay.boundingBox ?? {};
    for (const box of value) {
      const node = make("div", { class: "box" }, make("span"));
      stage.append(node);
      crowd.layBox(node, box, image, labels);
    }
    const mask = overlay.semanticSegmentation?.src;
    if (mask) stage.append(make("img", { class: "mask", src: mask, alt: "" }));
  };
})(window.crowdElements);
