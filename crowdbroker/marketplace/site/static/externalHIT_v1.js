// For old templates, which load a script of this name for these two functions.
"use strict";

// Returns a query parameter of the page's address, or an empty string.
function turkGetParam(name, fallback) {
  const value = new URLSearchParams(location.search).get(name);
  return value === null ? fallback || "" : value;
}

// Fills in the Assignment, points the form at the marketplace, and holds the submit button back in a preview.
function turkSetAssignmentID(assignmentId) {
  const id = assignmentId || turkGetParam("assignmentId");
  const field = document.getElementById("assignmentId");
  if (field) field.value = id;
  const form = document.getElementById("mturk_form") || (field && field.form);
  const base = turkGetParam("turkSubmitTo");
  if (form && base) form.action = base + "/mturk/externalSubmit";
  const button = document.getElementById("submitButton");
  if (button && id === "ASSIGNMENT_ID_NOT_AVAILABLE") {
    button.disabled = true;
    button.value = "Accept the HIT before you submit";
  }
}
