// Adds sorting, filters, search, copying and keys to pages that are complete without them.
// It moves, hides and shows what the server wrote, and never writes a number of its own except counts of rows.
"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const make = (tag, facts = {}, ...kids) => {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(facts)) key in node ? (node[key] = value) : node.setAttribute(key, value);
    node.append(...kids);
    return node;
  };
  const squeeze = (text) => text.replace(/\s+/g, " ").trim();
  // "Élan" is found by "elan"; what is shown keeps its accents.
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const holds = (words, query) => fold(query).split(/\s+/).every((word) => words.includes(word));

  // A missing value is null. Numbers come before texts, so that a mixed column has one order.
  const order = new Intl.Collator("en", { numeric: true });
  const compare = (a, b, sign) => {
    if (a === null || b === null) return (a === null) - (b === null);
    if (typeof a !== typeof b) return typeof a === "number" ? -sign : sign;
    return sign * (typeof a === "number" ? a - b : order.compare(a, b));
  };

  // A cell that spans columns says why there is no value, so it is none of theirs.
  const cellAt = (row, column) => {
    let at = 0;
    for (const cell of row.cells) {
      if (at === column) return cell.colSpan > 1 ? null : cell;
      at += cell.colSpan;
    }
    return null;
  };
  const keyOf = (row, column) => {
    const cell = row.classList.contains("why") ? null : cellAt(row, column);
    const text = cell ? squeeze(cell.dataset.v ?? cell.textContent) : "";
    return text === "" ? null : Number.isNaN(Number(text)) ? text : Number(text);
  };

  const turns = ["ascending", "descending"];

  // A table or a list: its rows as the server sent them, and what the reader asked of them.
  const enhance = (box, prefix) => {
    const rows = box.tBodies ? [...box.tBodies].flatMap((body) => [...body.rows]) : [...box.children];
    const noun = box.dataset.filter;
    const bar = make("div", { className: "bar" });
    const status = make("p", { role: "status" });
    const clear = make("button", { type: "button", className: "clear", hidden: true }, "clear");
    const columnOf = (head) => [...head.parentNode.cells].slice(0, head.cellIndex).reduce((sum, cell) => sum + cell.colSpan, 0);
    const nameOf = (head) => head.dataset.key || squeeze(head.textContent);
    const heads = box.matches("[data-sort]") ? all("thead tr:last-child th[scope=col]:not([data-nosort])", box) : [];
    const sorts = heads.map((head) => {
      const first = turns.find((turn) => turn === head.dataset.first) || turns[0];
      return { head, first, name: nameOf(head), column: columnOf(head) };
    });
    const facets = [];
    let sort, direction, input, words, last = rows;

    const show = () => {
      const sign = direction === turns[1] ? -1 : 1;
      const keyed = rows.map((row) => [sort && keyOf(row, sort.column), row]);
      if (sort) keyed.sort(([a], [b]) => compare(a, b, sign));
      // A filter alone moves nothing.
      if (keyed.some(([, row], i) => row !== last[i])) for (const [, row] of keyed) row.parentNode.append(row);
      last = keyed.map(([, row]) => row);
      for (const { head } of sorts) head.removeAttribute("aria-sort");
      if (sort) sort.head.setAttribute("aria-sort", direction);
      const active = facets.filter((facet) => facet.select.value);
      const chips = active.map((facet) => `${facet.name}: ${facet.select.value}`);
      const query = input ? input.value.trim() : "";
      if (query) chips.unshift(`“${query}”`);
      if (chips.length) words ??= rows.map((row) => fold(`${row.textContent} ${row.dataset.words || ""}`));
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = (query && !holds(words[i], query)) || active.some((facet) => facet.of(row) !== facet.select.value);
        shown += !row.hidden;
      });
      const count = chips.length ? `${shown} of ${rows.length} shown` : "";
      if (sort) chips.push(`by ${sort.name}, ${direction}`);
      clear.hidden = !chips.length;
      status.replaceChildren(...chips.flatMap((chip) => [make("span", { className: "chip", dir: "auto" }, chip), " "]), count);
    };

    const read = (query) => {
      const given = (name) => query.get(prefix + name) || "";
      sort = sorts.find((one) => one.name === given("sort"));
      direction = sort && (turns.find((turn) => turn === given("dir")) || sort.first);
      if (input) input.value = given("q").length > input.maxLength ? "" : given("q");
      for (const { select, key } of facets) {
        select.value = given(key);
        // What is no option selects nothing at all.
        if (select.selectedIndex < 0) select.value = "";
      }
      show();
    };
    const write = (query) => {
      const put = (name, value) => (value ? query.set(prefix + name, value) : query.delete(prefix + name));
      put("sort", sort && sort.name);
      put("dir", sort && direction);
      if (input) put("q", input.value.trim());
      for (const { select, key } of facets) put(key, select.value);
    };
    const change = (how) => { show(); remember(how); };

    for (const one of sorts) {
      const button = make("button", { type: "button", className: "sort" });
      button.append(...one.head.childNodes);
      one.head.append(button);
      // First its own direction, then the other, then the server's order again.
      button.onclick = () => {
        if (sort !== one) [sort, direction] = [one, one.first];
        else if (direction === one.first) direction = turns[1 - turns.indexOf(direction)];
        else sort = undefined;
        change("pushState");
      };
    }
    if (noun) {
      input = make("input", { type: "search", maxLength: 100, autocomplete: "off", oninput: () => change("replaceState") });
      bar.append(make("label", {}, `Filter ${noun}`, input));
      for (const head of all("th[data-facet]", box)) {
        const column = columnOf(head);
        const of = (row) => squeeze(cellAt(row, column)?.textContent || "");
        const values = [...new Set(rows.map(of))].filter(Boolean).sort(order.compare);
        const options = [new Option("all", ""), ...values.map((value) => new Option(value, value))];
        const select = make("select", { autocomplete: "off", onchange: () => change("pushState") }, ...options);
        facets.push({ name: nameOf(head), key: head.dataset.facet || nameOf(head), of, select });
        bar.append(make("label", {}, nameOf(head), select));
      }
    }
    clear.onclick = () => {
      sort = undefined;
      if (input) input.value = "";
      for (const { select } of facets) select.value = "";
      change("pushState");
      (input || sorts[0].head.firstChild).focus();
    };
    bar.append(make("div", { className: "told" }, status, clear));
    (box.closest(".scroll") || box).before(bar);
    return { read, write };
  };

  const boxes = all("table[data-sort], [data-filter]");
  const lists = boxes.map((box, i) => enhance(box, boxes.length > 1 ? `${box.id || i}-` : ""));
  const remember = (how) => {
    const query = new URLSearchParams(location.search);
    for (const list of lists) list.write(query);
    const next = `${location.pathname}${String(query) && `?${query}`}${location.hash}`;
    // A page that was opened from disk may have no such history; its table works all the same.
    if (next === location.pathname + location.search + location.hash) return;
    try { history[how](null, "", next); } catch { /* no history */ }
  };
  const recall = () => {
    const query = new URLSearchParams(location.search);
    for (const list of lists) list.read(query);
  };
  addEventListener("popstate", recall);
  recall();

  for (const pre of all("pre.command")) {
    const told = make("span", { role: "status" });
    const copy = async () => {
      try {
        await navigator.clipboard.writeText(pre.textContent.trim());
        told.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(pre);
        told.textContent = "Selected; copy it with your keyboard";
      }
      setTimeout(() => { told.textContent = ""; }, 4000);
    };
    pre.after(make("div", { className: "copy" }, make("button", { type: "button", onclick: copy }, "Copy"), told));
  }

  // The search is a file of its own, fetched when it is first wanted; without it the form leads to a list of everything.
  const form = document.querySelector("form.find");
  const field = form?.elements.q;
  if (field) {
    field.setAttribute("aria-keyshortcuts", "/");
    field.addEventListener("focus", async () => (await import("./find.js")).start(form, make, fold, holds), { once: true });
  }

  // One-letter keys disturb people who speak to their machine (WCAG 2.1.4), so they can be turned off.
  const off = (value) => {
    try {
      if (value !== undefined) localStorage.keys = value ? "off" : "on";
      return localStorage.keys === "off";
    } catch { return false; }
  };
  const help = async () => (await import("./keys.js")).open(make, off);
  const footer = document.querySelector("footer p:last-child");
  if (footer) footer.append(" ", make("button", { type: "button", className: "help", onclick: help }, "Keys"));

  const item = (step) => {
    const items = all(".item");
    const here = items.indexOf(document.activeElement?.closest(".item") || document.querySelector(".item:target"));
    const link = items[Math.max(0, here + step)]?.querySelector("h2 a, h3 a");
    link?.focus({ preventScroll: true });
    link?.closest(".item").scrollIntoView();
  };
  const press = (selector) => document.querySelector(selector)?.click();
  const doings = {
    "/": () => field?.focus(), "?": help, j: () => item(1), k: () => item(-1),
    "[": () => press("a[rel~=prev]"), "]": () => press("a[rel~=next]"),
  };
  addEventListener("keydown", (event) => {
    // AltGr is how many keyboards write the brackets.
    const modified = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState("AltGraph");
    const typing = event.target.closest?.("input, select, textarea, dialog, [contenteditable]");
    if (modified || typing || event.defaultPrevented || !Object.hasOwn(doings, event.key) || off()) return;
    event.preventDefault();
    doings[event.key]();
  });
})();
