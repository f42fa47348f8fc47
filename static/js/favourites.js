// Favourites: kept by this browser only, never sent. Pages are the same for everybody; this adds to them.
"use strict";

{
  const words = document.currentScript.dataset;
  const name = `favourites:${words.edition}`;
  const registered = new Set((words.registered ?? "").split(" "));
  const buttons = [];
  let favourites = {};

  const read = () => JSON.parse(localStorage.getItem(name) ?? "{}");
  const write = () => localStorage.setItem(name, JSON.stringify(favourites));

  const make = (tag, values, ...inside) => {
    const element = Object.assign(document.createElement(tag), values);
    element.append(...inside);
    return element;
  };

  // What a page says of a session: an element with its code, around a link and a time.
  const told = (place) => {
    const [link, time] = [place.querySelector("h3 a") ?? document.querySelector("h1"), place.querySelector("time")];
    return {
      title: link.textContent.trim(),
      path: link.pathname ? link.pathname + link.hash : location.pathname,
      starts: time?.dateTime ?? "",
      ends: place.dataset.ends ?? "",
      clock: (place.querySelector(".time") ?? time)?.textContent.trim() ?? "",
      where: place.dataset.where ?? "",
    };
  };

  const paint = () => {
    for (const { button, code, title } of buttons) {
      const isKept = code in favourites;
      button.setAttribute("aria-pressed", isKept);
      button.replaceChildren(
        make("span", { textContent: isKept ? "★" : "☆", ariaHidden: "true" }),
        ` ${words.favourite}`,
        make("span", { className: "fr-sr-only", textContent: ` ${title}` }),
      );
    }
    for (const each of painted) each();
  };

  const toggle = (code, place) => {
    if (code in favourites) delete favourites[code];
    else favourites[code] = told(place);
    write();
    paint();
  };

  const addButton = (place) => {
    const { code } = place.dataset;
    const button = make("button", { type: "button", className: "favourite" });
    button.addEventListener("click", () => toggle(code, place));
    buttons.push({ button, code, title: told(place).title });
    (place.querySelector(".rail__state") ?? place).append(button);
    if (code in favourites) favourites[code] = told(place); // it may have moved
  };

  // Moments are told with their offset: the clock of the venue is read as it is written.
  const dayOf = ({ starts }) => {
    if (!starts) return "";
    const day = new Date(`${starts.slice(0, 10)}T12:00:00Z`);
    const format = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
    return new Intl.DateTimeFormat(document.documentElement.lang, format).format(day);
  };

  const clash = (one, other) =>
    one !== other && one.ends && other.ends && Date.parse(one.starts) < Date.parse(other.ends) && Date.parse(other.starts) < Date.parse(one.ends);

  const inOrder = (kept) =>
    Object.entries(kept).sort(([, a], [, b]) => (Date.parse(a.starts) || Infinity) - (Date.parse(b.starts) || Infinity));

  const line = (code, favourite, all) => {
    const remove = make("button", { type: "button", className: "favourite", textContent: words.remove });
    remove.append(make("span", { className: "fr-sr-only", textContent: ` ${favourite.title}` }));
    remove.addEventListener("click", () => toggle(code));
    const body = make(
      "div",
      { className: "rail__body" },
      make("h3", { className: "rail__title" }, make("a", { href: favourite.path, textContent: favourite.title })),
      make("p", { className: "rail__where", textContent: favourite.where }),
    );
    for (const [, other] of all.filter(([, each]) => clash(favourite, each)))
      body.append(make("p", { className: "stop__notice", textContent: words.clash.replace("~title~", other.title) }));
    return make(
      "li",
      { className: "rail__item" },
      make("p", { className: "rail__time", textContent: favourite.clock }),
      body,
      make("div", { className: "rail__state" }, remove),
    );
  };

  const agenda = (kept) => {
    const days = new Map();
    for (const [code, favourite] of kept) {
      const day = dayOf(favourite);
      if (!days.has(day)) days.set(day, []);
      days.get(day).push(line(code, favourite, kept));
    }
    return [...days].map(([day, lines]) =>
      make(
        "section",
        { className: "day" },
        make("h3", { className: "day__title", textContent: day || words.undated }),
        make("ol", { className: "rail" }, ...lines),
      ),
    );
  };

  const painted = [];

  // On the programme: a view beside the others, in place of the lists.
  const addView = (views) => {
    const panel = make("section", { className: "favourites", hidden: true });
    const button = make("button", { type: "button", className: "views__button" });
    const title = make("h2", { textContent: words.mine });
    const others = () => document.querySelectorAll("main .day, main .day-links, main .empty");
    button.addEventListener("click", () => {
      panel.hidden = !panel.hidden;
      for (const other of others()) if (!panel.contains(other)) other.hidden = !panel.hidden;
      paint();
    });
    views.append(make("li", {}, button));
    views.after(panel);
    painted.push(() => {
      const kept = inOrder(favourites);
      button.textContent = `${words.mine} (${kept.length})`;
      button.setAttribute("aria-pressed", !panel.hidden);
      panel.replaceChildren(title, make("p", { className: "note", textContent: kept.length ? words.here : words.none }), ...agenda(kept));
    });
  };

  // On the page of a person: those that they have not registered for.
  const propose = (panel) =>
    painted.push(() => {
      const kept = inOrder(favourites).filter(([code]) => !registered.has(code));
      panel.hidden = !kept.length;
      panel.replaceChildren(
        make("h2", { textContent: words.mine }),
        make("p", { textContent: words.proposed }),
        ...agenda(kept),
      );
    });

  const start = () => {
    for (const place of document.querySelectorAll("[data-code]")) addButton(place);
    for (const views of document.querySelectorAll("[data-favourites=view]")) addView(views);
    for (const panel of document.querySelectorAll("[data-favourites=proposed]")) propose(panel);
    write();
    paint();
    addEventListener("storage", (event) => {
      if (event.key !== name) return;
      favourites = read();
      paint();
    });
  };

  try {
    favourites = read();
    start();
  } catch (error) {
    if (!(error instanceof DOMException || error instanceof SyntaxError)) throw error; // no storage: no favourites
  }
}
