// The employer, searched in the list whatever the accents: an editable combobox (WAI-ARIA APG). It works without.
"use strict";

{
  const field = document.querySelector(".employer-search");
  const words = field.dataset;
  const input = field.querySelector("input");
  const list = document.createElement("div");
  const told = document.createElement("p");
  let employers = [];
  let active = null;

  const set = (element, attributes) => {
    for (const name in attributes) element.setAttribute(name, attributes[name]);
    return element;
  };

  // As publishing/search.py does.
  const WHOLE = { œ: "oe", æ: "ae", ø: "o", ł: "l", ß: "ss" };
  const fold = (text) => {
    const plain = text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replace(/[œæøłß]/g, (it) => WHOLE[it]);
    return ` ${(plain.match(/[\p{L}\p{N}_+#]+/gu) ?? []).join(" ")}`;
  };

  const activate = (option) => {
    if (active) set(active, { "aria-selected": false });
    active = option;
    set(input, { "aria-activedescendant": option?.id ?? "" });
    if (option) set(option, { "aria-selected": true }).scrollIntoView({ block: "nearest" });
  };

  const show = (shown) => {
    list.hidden = !shown;
    set(input, { "aria-expanded": shown });
    activate(null);
  };

  const propose = () => {
    const wanted = fold(input.value);
    const parts = wanted.trim().split(" ");
    const found = employers.filter(({ folded }) => parts.every((part) => folded.includes(` ${part}`)));
    found.sort((a, b) => b.folded.startsWith(wanted) - a.folded.startsWith(wanted));
    const options = [...found.map(({ name }) => name), words.other].map((text, index) => {
      const option = document.createElement("div");
      option.textContent = text;
      return set(option, { id: `${list.id}_${index}`, role: "option", "aria-selected": false });
    });
    list.replaceChildren(...options);
    told.textContent = [words.none, words.one][found.length] ?? words.many.replace("~count~", found.length);
    show(found.length !== 1 || found[0].folded !== wanted); // a whole name leaves nothing to choose
    list.scrollTop = 0;
    list.scrollIntoView({ block: "nearest" });
  };

  const choose = (option) => {
    show(false);
    told.textContent = "";
    if (option.nextSibling) {
      input.value = option.textContent;
      return;
    }
    const other = input.form.querySelector("details");
    input.form.querySelector("[name=meant][value=other]")?.click();
    other.open = true;
    other.querySelector("select").focus();
  };

  const press = (event) => {
    const isDown = event.key === "ArrowDown";
    if (isDown || event.key === "ArrowUp") {
      if (list.hidden) propose();
      const next = isDown ? active?.nextSibling : active?.previousSibling;
      if (!list.hidden) activate(next ?? (isDown ? list.firstChild : list.lastChild));
    } else if (event.key === "Enter" && active) choose(active);
    else if (event.key === "Escape" && !list.hidden) show(false);
    else return;
    event.preventDefault();
  };

  const start = (names) => {
    if (!names.length) return;
    employers = names.map((name) => ({ name, folded: fold(name) }));
    set(list, { id: `${input.id}_options`, role: "listbox", "aria-label": words.label });
    set(told, { role: "status" });
    set(input, { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id });
    show(false);
    input.after(list, told);
    input.addEventListener("input", () => (input.value.trim() ? propose() : show(false)));
    input.addEventListener("blur", () => show(false));
    input.addEventListener("keydown", press);
    list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus
    list.addEventListener("click", (event) => event.target !== list && choose(event.target));
  };

  const shortList = input.list;
  if (shortList) {
    start(Array.from(shortList.options, (option) => option.value));
    shortList.remove();
    input.removeAttribute("list");
  } else {
    const load = async () => start(await (await fetch(words.address)).json());
    input.form.addEventListener("focusin", load, { once: true });
  }
}
