// A field that is searched in has the name of its label; select2 gives it only what was chosen.
// After Django's script, which makes these fields once the page is there.
window.django?.jQuery?.(() => {
  for (const box of document.querySelectorAll(".select2-selection[role=combobox]")) {
    const field = box.closest(".select2-container").previousElementSibling;
    const [label] = field.labels;
    const chosen = box.querySelector(".select2-selection__rendered");
    if (!label || !chosen) continue;
    label.id ||= `${field.id}_label`;
    box.setAttribute("aria-labelledby", `${label.id} ${chosen.id}`);
    chosen.setAttribute("aria-labelledby", label.id);
  }
});
// The mark that explains a list of rights is a picture, and may only as one have a name.
addEventListener("load", () => {
  for (const mark of document.querySelectorAll(".help-tooltip")) mark.setAttribute("role", "img");
});
