// Hands what is answered so far to the page around the question, which gives it back after a reload.
// A question's own page may keep nothing.
"use strict";

((crowd) => {
  const isKept = (field) => field instanceof crowd.Field || !/^(?:hidden|file|password)$/.test(field.type);

  // A draft comes from outside and may hold anything.
  function read(text) {
    try {
      return JSON.parse(text);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return undefined;
    }
  }

  // Keeps the form's fields with the page at the origin `home`.
  crowd.keepDrafts = (form, home) => {
    if (window.parent === window) return;
    let isTouched = false;
    let saving;
    const tell = (message) => window.parent.postMessage(message, home);
    // Fields of one name are told apart by their place.
    const named = () => crowd.fieldsOf(form).filter(isKept).map((field, i) => [`${i} ${field.name ?? ""}`, field]);

    const save = () => {
      const fields = named().map(([name, field]) => [name, JSON.stringify(crowd.stateOf(field)) ?? "null"]);
      tell({ crowdbroker: "draft", fields });
    };

    const restore = ({ source, origin, data }) => {
      // Never in place of something new.
      if (isTouched || source !== window.parent || origin !== home || data?.crowdbroker !== "restore") return;
      const kept = new Map((Array.isArray(data.fields) ? data.fields : []).filter(Array.isArray));
      for (const [name, field] of named()) {
        const state = kept.has(name) ? read(kept.get(name)) : undefined;
        if (state !== undefined) crowd.giveBack(field, state);
      }
    };

    const changed = () => {
      isTouched = true;
      clearTimeout(saving);
      saving = setTimeout(save, 200);
    };

    for (const moment of ["input", "change"]) form.addEventListener(moment, changed);
    window.addEventListener("message", restore);
    tell({ crowdbroker: "hello" });
  };
})(window.crowdElements);
