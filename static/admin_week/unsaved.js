// Leaving a change form warns when something typed is not saved. A page that came back unsaved holds such things.
"use strict";

{
  const form = document.querySelector("#content-main > form");
  const written = () => {
    const values = [...new FormData(form)];
    return JSON.stringify(values.map(([name, value]) => [name, value instanceof File ? value.name : value]));
  };

  window.addEventListener("load", () => {
    if (!form) return;
    const cameBack = Boolean(document.querySelector(".errornote, .other-edit"));
    let isLeavingWithIt = false;
    let opened;
    // The scripts of the admin fill in fields once the page is loaded; what people type comes later.
    setTimeout(() => (opened = written()), 0);
    // What opens in another tab, such as a preview, leaves this page as it is.
    form.addEventListener("submit", (event) => (isLeavingWithIt = !event.submitter?.formTarget));
    window.addEventListener("pageshow", () => (isLeavingWithIt = false));
    window.addEventListener("beforeunload", (event) => {
      if (!isLeavingWithIt && (cameBack || (opened !== undefined && written() !== opened))) event.preventDefault();
    });
  });
}
