// Asks before a form with unsaved changes is left.
"use strict";

addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[id$=_form]");
  if (!form) {
    return;
  }
  const content = () => JSON.stringify([...new FormData(form)].map(
    ([name, value]) => [name, value instanceof File ? [value.name, value.size] : value]));
  // After an error the page already holds what was not saved.
  const saved = document.querySelector(".errornote") ? "" : content();
  let isSending = false;

  form.addEventListener("submit", () => { isSending = true; });
  addEventListener("beforeunload", (event) => {
    if (!isSending && content() !== saved) {
      event.preventDefault();
    }
  });
});
