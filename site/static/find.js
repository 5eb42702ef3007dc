// The search in the header: names from one list, which is fetched when somebody first wants to search.
const SHOWN = 8;

/** How well an entry meets a query: its title begins with it, holds it, only its words hold it, or not at all. */
const rank = ([words, title], query, fold, holds) => {
  if (fold(title).startsWith(fold(query))) return 0;
  if (holds(fold(title), query)) return 1;
  return holds(fold(`${title} ${words}`), query) ? 2 : 3;
};

/** Make the form's field a combobox (the pattern of the ARIA practices: focus stays in the field). */
export const start = async (form, make, fold, holds) => {
  const field = form.elements.q;
  // The list of everything stands in the site's root, and every path of the index is relative to it.
  const root = new URL(".", form.action).href;
  const list = make("ul", { role: "listbox", id: "found", hidden: true, "aria-label": "Found" });
  const told = make("span", { role: "status" });
  let index = [];
  let at = -1;

  const attribute = (name, value) => field.setAttribute(`aria-${name}`, value);
  const close = () => {
    list.hidden = true;
    at = -1;
    attribute("expanded", "false");
    field.removeAttribute("aria-activedescendant");
  };
  const mark = (next) => {
    const options = [...list.children];
    at = (next + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    attribute("activedescendant", options[at].id);
  };
  const option = ([, title, path, kind], i) => make(
    "li",
    {
      role: "option",
      id: `found-${i}`,
      "aria-selected": "false",
      // The field would lose the focus, and the list close, before the click arrived.
      onmousedown: (event) => event.preventDefault(),
      onclick: () => {
        const to = new URL(path, root).href;
        if (to.startsWith(root)) location.assign(to);
      },
    },
    make("span", { dir: "auto" }, title), " ", make("span", { className: "note" }, kind),
  );
  const find = () => {
    close();
    told.textContent = "";
    const query = field.value.trim();
    if (!query) return;
    const ranked = index.map((entry) => [rank(entry, query, fold, holds), entry]).filter(([place]) => place < 3);
    const hits = ranked.sort(([a], [b]) => a - b).slice(0, SHOWN);
    list.replaceChildren(...hits.map(([, entry], i) => option(entry, i)));
    list.hidden = !hits.length;
    attribute("expanded", String(!list.hidden));
    told.textContent = hits.length ? "" : "Nothing found";
  };

  form.append(list, told);
  for (const [name, value] of [["autocomplete", "list"], ["controls", "found"]]) attribute(name, value);
  Object.assign(field, { role: "combobox", autocomplete: "off", oninput: find, onblur: close });
  field.onkeydown = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden) return;
    if (step) mark(at < 0 && step < 0 ? -1 : at + step);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && at >= 0) list.children[at].click();
    else return;
    event.preventDefault();
  };
  close();
  try {
    index = await (await fetch(form.dataset.index)).json();
    if (document.activeElement === field) find();
  } catch {
    told.textContent = "The search list cannot be read; Enter lists everything";
  }
};
