// Brings what was filled in through a reload: the frame may keep nothing, so the work page around it does.
"use strict";

(() => {
  const form = document.querySelector("form.question-form");
  const home = new URL(document.currentScript.src).origin;
  const problems = document.getElementById("problems");
  let saving;
  let touched = false;

  const own = (element) => element.name && element.type !== "hidden";

  function save() {
    const names = new Set([...form.elements].filter(own).map((element) => element.name));
    const fields = [...new FormData(form)].filter(([name]) => names.has(name));
    parent.postMessage({ crowdbroker: "draft", fields }, home);
  }

  function fill(element, fields) {
    const values = fields.filter(([name]) => name === element.name).map(([, value]) => value);
    if (element.type === "radio" || element.type === "checkbox") element.checked = values.includes(element.value);
    else if (values.length) element.value = values[0];
  }

  function restore({ source, origin, data }) {
    if (touched || source !== parent || origin !== home) return;
    if (data?.crowdbroker !== "restore" || !Array.isArray(data.fields)) return;
    [...form.elements].filter(own).forEach((element) => fill(element, data.fields));
  }

  form.addEventListener("input", () => {
    touched = true;
    clearTimeout(saving);
    saving = setTimeout(save, 200);
  });
  if (parent === window) return;
  if (problems) {
    // What came back from the marketplace is newer than any draft.
    problems.focus();
    save();
  } else {
    addEventListener("message", restore);
    parent.postMessage({ crowdbroker: "hello" }, home);
  }
})();
