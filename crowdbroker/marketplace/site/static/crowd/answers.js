// What a crowd-form sends: the answers of its elements and plain fields as one object, or as one field for each.
"use strict";

((crowd) => {
  const PLAIN = "input:not([type=submit], [type=button], [type=reset], [type=image]), select, textarea";

  // Returns crowd elements and plain controls in the order of the page.
  crowd.fieldsOf = (form) =>
    [...form.querySelectorAll("*")].filter((node) => {
      const isField = node instanceof crowd.Field || node.matches(PLAIN);
      return isField && node.closest("crowd-form") === form;
    });

  const isChoice = (field) => /^(?:radio|checkbox)$/.test(field.type);

  // Returns what a field has to be given to be as it is now.
  crowd.stateOf = (field) => {
    if (field instanceof crowd.Field) return field.draft;
    return isChoice(field) ? field.checked : field.value;
  };

  crowd.giveBack = (field, state) => {
    if (field instanceof crowd.Field) field.draft = state;
    else if (isChoice(field)) field.checked = state === true;
    else if (typeof state === "string" && field.type !== "file") field.value = state;
  };

  function plainAnswer(field) {
    if (isChoice(field)) return { [field.value]: field.checked };
    if (field.multiple && field.options) return [...field.selectedOptions].map((option) => option.value);
    return field.type === "file" ? [...field.files].map((file) => file.name).join() : field.value;
  }

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  // Boxes of one name share an object; other fields of one name make a list.
  function put(answers, name, value) {
    if (!(name in answers)) answers[name] = value;
    else if (isObject(answers[name]) && isObject(value)) Object.assign(answers[name], value);
    else answers[name] = [answers[name], value].flat();
  }

  // Returns the form's answers by name, without fields that are off, have no name, or have nothing to say.
  crowd.collect = (form) => {
    const answers = Object.create(null);
    for (const field of crowd.fieldsOf(form)) {
      const value = field instanceof crowd.Field ? field.answer : plainAnswer(field);
      if (field.name && !field.matches(":disabled, [disabled]") && value !== undefined) put(answers, field.name, value);
    }
    return answers;
  };

  // Returns pairs of strings as answer-format="flatten-objects" asks for: objects by dotted names, lists as JSON.
  crowd.flatten = (answers, before = "") =>
    Object.entries(answers).flatMap(([name, value]) => {
      if (isObject(value)) return crowd.flatten(value, `${before}${name}.`);
      return [[before + name, typeof value === "string" ? value : JSON.stringify(value)]];
    });
})(window.crowdElements);
