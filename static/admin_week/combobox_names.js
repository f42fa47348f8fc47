// The choices that Django's autocomplete draws say only their value: while they are empty, they have no name.
"use strict";

{
  let numbered = 0;

  function nameEach(root) {
    for (const box of root.querySelectorAll(".select2-selection[role=combobox]")) {
      const select = box.closest(".select2")?.previousElementSibling;
      const label = select?.labels?.[0];
      const search = box.querySelector(".select2-search__field"); // of several choices
      if (search && label) search.ariaLabel = label.textContent.trim();
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

  // They are drawn after this script has run, and again in each line that is added.
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    for (const node of added.filter((node) => node.classList?.contains("select2"))) nameEach(node.parentNode);
  }).observe(document.body, { childList: true, subtree: true });
}
