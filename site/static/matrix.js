// The big table, of which only the part in view exists. It shows the server's texts and formats nothing;
// the pages above it and the CSV file hold the same for copying and for finding in the page.
"use strict";
(() => {
  const place = document.getElementById("matrix");
  if (!place) return;

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const turns = ["ascending", "descending"];

  // What is shown: the visible models and tasks, in order. No element is touched here.
  class View {
    constructor({ models, tasks, texts, keys, cells, pages, paged }) {
      Object.assign(this, { models, tasks, texts, pages, sort: -1, direction: "" });
      this.query = { models: "", tasks: "" };
      this.keys = Float64Array.from(keys, (key) => key ?? NaN);
      this.cells = cells.map((column) => Uint32Array.from(column));
      // Not every cell has a page of its own: per task, the models whose cells have one.
      this.paged = pages ? paged.map((column) => new Set(column)) : tasks.map(() => new Set());
      this.words = { models: models.map(View.wordsOf), tasks: tasks.map(View.wordsOf) };
      this.refresh();
    }
    static wordsOf(one) { return fold(`${one.name} ${one.words || ""}`); }
    static stem({ path }) { return path.split("/").pop().replace(/\.html$/, ""); }

    usual(task) { return this.tasks[task].higher === false ? "ascending" : "descending"; }
    /** The best first, then the worst first, then the server's order; a missing number is last both ways. */
    cycle(task) {
      if (this.sort !== task) [this.sort, this.direction] = [task, this.usual(task)];
      else if (this.direction === this.usual(task)) this.direction = turns.find((turn) => turn !== this.direction);
      else this.sort = -1;
      this.refresh();
    }
    matching(kind) {
      const wanted = fold(this.query[kind].trim()).split(/\s+/);
      const words = this.words[kind];
      return Uint32Array.from(words.keys()).filter((i) => wanted.every((word) => words[i].includes(word)));
    }
    refresh() {
      this.columns = this.matching("tasks");
      this.rows = this.matching("models");
      if (this.sort < 0) return;
      const sign = this.direction === "descending" ? -1 : 1;
      const values = Float64Array.from(this.cells[this.sort], (text) => this.keys[text]);
      this.rows.sort((a, b) => {
        const [x, y] = [values[a], values[b]];
        if (x !== x || y !== y) return (x !== x) - (y !== y) || a - b;
        return sign * (x - y) || a - b;
      });
    }
    text(row, column) { return this.cells[this.columns[column]][this.rows[row]]; }
    link(row, column) {
      const [model, task] = [this.rows[row], this.columns[column]];
      if (!this.paged[task].has(model)) return "";
      const names = { "{task}": View.stem(this.tasks[task]), "{model}": View.stem(this.models[model]) };
      return this.pages.replace(/\{task\}|\{model\}/g, (name) => names[name]);
    }
  }

  // The controls above the grid, and the query string.
  const start = (data, { Grid, make }) => {
    const view = new View(data);
    const status = make("p", { role: "status" });
    const clear = make("button", { type: "button", className: "clear" }, "clear");
    const input = () => make("input", { type: "search", maxLength: 100, autocomplete: "off" });
    const inputs = { models: input(), tasks: input() };
    const bar = make("div", { className: "bar" });
    for (const [kind, field] of Object.entries(inputs)) bar.append(make("label", {}, `Filter ${kind}`, field));
    bar.append(make("div", { className: "told" }, status, clear));

    const tell = () => {
      const { rows, columns, models, tasks } = view;
      status.textContent = `${rows.length} of ${models.length} models, ${columns.length} of ${tasks.length} tasks shown`;
      if (view.sort >= 0) {
        const { name, path } = view.tasks[view.sort];
        status.append(", by ", make("a", { href: path, dir: "auto" }, name), `, ${view.direction}`);
      }
      clear.hidden = view.sort < 0 && !view.query.models.trim() && !view.query.tasks.trim();
    };
    const remember = (how) => {
      const query = new URLSearchParams(location.search);
      const put = (name, value) => (value ? query.set(`matrix-${name}`, value) : query.delete(`matrix-${name}`));
      // Two tasks may have one title, so the address names a task as its page does.
      put("sort", view.sort < 0 ? "" : View.stem(view.tasks[view.sort]));
      put("dir", view.sort < 0 ? "" : view.direction);
      for (const kind of Object.keys(inputs)) put(kind, view.query[kind].trim());
      const next = `${location.pathname}${String(query) && `?${query}`}${location.hash}`;
      if (next === location.pathname + location.search + location.hash) return;
      try { history[how](null, "", next); } catch { /* opened from disk */ }
    };
    const read = () => {
      const query = new URLSearchParams(location.search);
      const given = (name) => query.get(`matrix-${name}`) || "";
      view.sort = view.tasks.findIndex((task) => View.stem(task) === given("sort"));
      view.direction = view.sort < 0 ? "" : turns.find((turn) => turn === given("dir")) || view.usual(view.sort);
      for (const [kind, { maxLength }] of Object.entries(inputs)) {
        view.query[kind] = inputs[kind].value = given(kind).length > maxLength ? "" : given(kind);
      }
      view.refresh();
      tell();
    };

    const grid = new Grid(view, () => { tell(); remember("pushState"); });
    const redo = (how) => {
      for (const kind of Object.keys(inputs)) view.query[kind] = inputs[kind].value;
      view.refresh();
      tell();
      grid.fresh();
      remember(how);
    };
    for (const field of Object.values(inputs)) field.oninput = () => redo("replaceState");
    clear.onclick = () => {
      for (const field of Object.values(inputs)) field.value = "";
      view.sort = -1;
      redo("pushState");
      inputs.models.focus();
    };
    addEventListener("popstate", () => { read(); grid.fresh(); });
    read();
    place.replaceChildren(bar, grid.box);
    grid.build();
  };

  // Both are wanted at once, so neither waits for the other.
  const wanted = [fetch(place.dataset.src).then((answer) => answer.json()), import("./grid.js")];
  Promise.all(wanted).then(([data, tools]) => start(data, tools)).catch(() => {
    place.textContent = "The big table cannot be read. The pages of this table hold the same numbers.";
  });
})();
