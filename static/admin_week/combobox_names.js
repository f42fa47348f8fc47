// The choices that Django's autocomplete draws say only their value: while they are empty, they have no name.
"use strict";

{
  let numbered = 0;

  function nameEach(root) {
    for (const box of root.querySelectorAll(".select2-selection[role=combobox]")) {
      const select = box.closest(".select2")?.previousElementSibling;
      const label = select?.labels?.[0];
      const value = box.querySelector(".select2-selection__rendered");
      value?.removeAttribute("role"); // a text in the field, not a second field
      value?.removeAttribute("aria-readonly");
      if (label && value) {
        label.id ||= `name-of-choice-${(numbered += 1)}`;
        box.setAttribute("aria-labelledby", `${label.id} ${value.id}`);
      } else if (select?.ariaLabel) {
        box.removeAttribute("aria-labelledby");
        box.setAttribute("aria-label", select.ariaLabel);
      }
    }
  }

  window.addEventListener("load", () => nameEach(document));
  // Once the line that was added has its choices.
  document.addEventListener("formset:added", (event) => setTimeout(() => nameEach(event.target)));
}
