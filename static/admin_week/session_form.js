// The form of a session: characters counted, texts as they will be read, the end that follows. It works without.
"use strict";

{
  const fields = document.getElementById("session-fields");
  const words = fields.dataset;
  const byId = (id) => document.getElementById(id);

  const count = (input) => {
    const told = document.createElement("p");
    told.className = "count";
    const most = input.maxLength > 0 ? ` / ${input.maxLength}` : "";
    const tell = () => (told.textContent = `${input.value.length}${most} ${words.characters}`);
    input.closest(".form-row").append(told);
    input.addEventListener("input", tell);
    tell();
  };

  const preview = (input) => {
    const button = document.createElement("button");
    const shown = document.createElement("div");
    button.type = "button";
    button.className = "preview-button";
    button.textContent = words.preview;
    button.setAttribute("aria-expanded", "false");
    shown.className = "preview-text";
    shown.hidden = true;
    input.closest(".form-row").append(button, shown);

    const read = async () => {
      const body = new URLSearchParams({ text: input.value });
      const headers = { "X-CSRFToken": input.form.elements.csrfmiddlewaretoken.value };
      const response = await fetch(words.address, { method: "POST", headers, body });
      // Sanitised by the server: the public reads the same.
      if (response.ok) shown.innerHTML = await response.text();
      else shown.textContent = words.failed;
    };
    let waiting;
    button.addEventListener("click", () => {
      shown.hidden = !shown.hidden;
      button.setAttribute("aria-expanded", String(!shown.hidden));
      if (!shown.hidden) read();
    });
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      if (!shown.hidden) waiting = setTimeout(read, 500);
    });
  };

  // The clock of the edition has no change of hour within a session but one night a year: the server has the last word.
  const follow = () => {
    const [date, time, length] = ["id_starts_at_0", "id_starts_at_1", "id_length"].map((id) => byId(id)?.value);
    const shown = document.querySelector(".field-end .readonly");
    if (!shown) return;
    const start = new Date(`${date}T${time}Z`);
    if (!(Number(length) > 0) || Number.isNaN(start.valueOf())) {
      shown.textContent = "–";
      return;
    }
    const end = new Date(start.valueOf() + Number(length) * 60000);
    const language = document.documentElement.lang;
    const day = end.toLocaleDateString(language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
    const clock = end.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit", timeZone: "UTC" });
    shown.textContent = `${day}, ${language.startsWith("fr") ? clock.replace(":00", " h").replace(":", " h ") : clock}`;
  };

  // To the empty line of the role that is to be filled.
  const fill = (event) => {
    const lines = [...document.querySelectorAll("#candidacies-group .form-row:not(.empty-form)")];
    const empty = lines.find((line) => {
      const [role, person] = ["role", "speaker"].map((name) => line.querySelector(`[name$="-${name}"]`));
      return role?.value === event.currentTarget.dataset.fillRole && person && !person.value;
    });
    if (!empty) return;
    event.preventDefault();
    empty.scrollIntoView({ block: "center" });
    (empty.querySelector(".select2-selection") || empty.querySelector("select")).focus();
  };

  for (const name of ["title", "lead", "text", "course", "note"]) if (byId(`id_${name}`)) count(byId(`id_${name}`));
  for (const name of ["text", "course"]) if (byId(`id_${name}`)) preview(byId(`id_${name}`));
  for (const id of ["id_starts_at_0", "id_starts_at_1", "id_length"]) byId(id)?.addEventListener("input", follow);
  for (const link of document.querySelectorAll("[data-fill-role]")) link.addEventListener("click", fill);
}
