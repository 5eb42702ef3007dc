// Leads to the page that compares two models, and puts the summaries of several such pages below one another.
// Every number stays as the server wrote it.
"use strict";
(() => {
  const form = document.querySelector("form[data-pairs]");
  if (!form) return;

  const status = document.createElement("p");
  status.setAttribute("role", "status");
  const results = document.createElement("div");
  results.className = "pairs";
  form.after(status, results);

  const selects = [...form.querySelectorAll("select")];
  const chosen = () => [...new Set(selects.map((one) => one.value).filter(Boolean))];
  // Each pair as [model, model, path relative to this page]; which model is named first makes no difference.
  let pairs = null;
  const pathsOf = async (models) => {
    const keyOf = (a, b) => JSON.stringify([a, b].sort());
    if (!pairs) {
      const listed = await (await fetch(form.dataset.pairs)).json();
      pairs = new Map(listed.map(([a, b, path]) => [keyOf(a, b), path]));
    }
    return models.flatMap((a, i) => models.slice(i + 1).map((b) => ({ a, b, path: pairs.get(keyOf(a, b)) })));
  };

  /** A page's own summary, made fit to stand on this page: links lead where they led, and no two ids are equal. */
  const adopt = (text, address, number) => {
    const section = new DOMParser().parseFromString(text, "text/html").querySelector("section.summary");
    if (!section) throw new Error("no summary");
    for (const node of section.querySelectorAll("script, iframe, object, embed")) node.remove();
    for (const node of [section, ...section.querySelectorAll("*")]) {
      for (const { name, value } of [...node.attributes]) {
        if (name.startsWith("on")) node.removeAttribute(name);
        else if (name === "href" || name === "src") node.setAttribute(name, new URL(value, address).href);
        else if (name === "id" || name === "for") node.setAttribute(name, `pair${number}-${value}`);
        else if (name === "aria-labelledby" || name === "aria-describedby") {
          node.setAttribute(name, value.split(/\s+/).map((id) => `pair${number}-${id}`).join(" "));
        }
      }
    }
    return document.adoptNode(section);
  };
  const fetched = async ({ path }, number) => {
    const address = new URL(path, location.href);
    if (address.origin !== location.origin) throw new Error("another site");
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(answer.statusText);
    return adopt(await answer.text(), address, number);
  };
  const nameOf = (model) => [...form.querySelectorAll("option")].find((one) => one.value === model).textContent;

  const show = async () => {
    const models = chosen();
    results.replaceChildren();
    if (models.length < 2) { status.textContent = "Choose two different models."; return; }
    let found;
    try { found = await pathsOf(models); } catch { status.textContent = "The list of pairs cannot be read."; return; }
    const known = found.filter((pair) => pair.path);
    const both = ({ a, b }) => `${nameOf(a)} and ${nameOf(b)}`;
    const none = found.filter((pair) => !pair.path).map(both);
    if (found.length === 1 && known.length) {
      const to = new URL(known[0].path, location.href);
      if (to.origin === location.origin) location.assign(to);
      return;
    }
    const done = await Promise.allSettled(known.map(fetched));
    done.forEach(({ value }, i) => (value ? results.append(value) : none.push(both(known[i]))));
    const counted = `${results.children.length} of ${found.length} pairs shown.`;
    status.textContent = none.length ? `${counted} No page compares ${none.join("; ")}.` : counted;
  };

  /** The choice stands in the query string, so that it can be sent to somebody. */
  const read = () => {
    const given = new URLSearchParams(location.search).getAll("model");
    selects.forEach((one, i) => {
      if ([...one.options].some((option) => option.value === given[i])) one.value = given[i];
    });
    return given.length > 0 && chosen().length > 2;
  };
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const query = new URLSearchParams(chosen().map((model) => ["model", model]));
    if (`?${query}` !== location.search) {
      try { history.pushState(null, "", `?${query}`); } catch { /* opened from disk */ }
    }
    show();
  });
  addEventListener("popstate", () => { if (read()) show(); else results.replaceChildren(); });
  if (read()) show();
})();
