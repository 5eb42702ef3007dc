// Draws the part of a big table that is in view, and moves through it by keyboard (ARIA's pattern of a grid).
export const make = (tag, facts = {}, ...kids) => {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(facts)) key in node ? (node[key] = value) : node.setAttribute(key, value);
  node.append(...kids);
  return node;
};
const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

// As many elements as fit into view. Row r is drawn by element r % R and column c by c % C, so that an
// element keeps its place, and the focus its cell, while both stay in view.
export class Grid {
  constructor(view, sorted) {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
    const side = innerWidth < 40 * rem ? 8.5 : innerWidth < 64 * rem ? 14 : 20;
    Object.assign(this, { view, sorted, row: 2 * rem, column: 8 * rem, head: 6.5 * rem, side: side * rem });
    this.active = { row: 0, column: 0 };
    this.body = make("div", { role: "rowgroup", className: "body" });
    this.top = make("div", { role: "row", className: "head", "aria-rowindex": "1" });
    const label = { role: "grid", className: "matrix", "aria-label": "Every model on every task" };
    this.box = make("div", label, this.top, this.body);
    this.box.addEventListener("scroll", () => this.later(), { passive: true });
    this.box.addEventListener("keydown", (event) => this.press(event));
    this.box.addEventListener("focusin", (event) => this.enter(event.target));
    this.box.addEventListener("click", (event) => this.click(event));
    new ResizeObserver(() => this.build()).observe(this.box);
  }

  /** Once in a frame is enough, however often the box is scrolled. */
  later() {
    this.waiting ??= requestAnimationFrame(() => { this.waiting = undefined; this.draw(); });
  }

  /** Make the pool of elements again, for the size that the box has now. */
  build() {
    const held = this.box.contains(document.activeElement);
    // The box is as high as its rows, up to a limit, so they come first.
    this.top.style.height = `${this.head}px`;
    this.body.style.height = `${this.view.rows.length * this.row}px`;
    const { clientWidth, clientHeight } = this.box;
    const count = (size, unit, most) => Math.min(most, Math.ceil(size / unit) + 6);
    this.R = count(clientHeight, this.row, this.view.models.length);
    this.C = count(clientWidth, this.column, this.view.tasks.length);
    const line = (role, cell) => {
      const side = make("div", { role, tabIndex: -1, className: "side", "aria-colindex": "1" });
      const cells = Array.from({ length: this.C }, cell);
      side.style.width = `${this.side}px`;
      for (const node of cells) node.style.width = `${this.column}px`;
      return { side, cells };
    };
    const button = () => make("button", { type: "button", tabIndex: -1 });
    this.heads = line("columnheader", () => make("div", { role: "columnheader", tabIndex: -1 }, button()));
    this.heads.side.textContent = "Model";
    this.top.replaceChildren(this.heads.side, ...this.heads.cells);
    this.lines = Array.from({ length: this.R }, () => {
      const one = line("rowheader", () => make("div", { role: "gridcell", tabIndex: -1 }, make("a", { tabIndex: -1 })));
      one.side.append(make("a", { tabIndex: -1, dir: "auto" }));
      one.node = make("div", { role: "row" }, one.side, ...one.cells);
      one.node.style.height = `${this.row}px`;
      return one;
    });
    this.body.replaceChildren(...this.lines.map((one) => one.node));
    this.fresh();
    this.settle(held);
  }

  /** Draw everything again, after the order or the filters changed. */
  fresh() {
    const { rows, columns } = this.view;
    this.box.setAttribute("aria-rowcount", rows.length + 1);
    this.box.setAttribute("aria-colcount", columns.length + 1);
    const width = `${this.side + columns.length * this.column}px`;
    this.top.style.width = this.body.style.width = width;
    this.body.style.height = `${rows.length * this.row}px`;
    const { row, column } = this.active;
    this.active = { row: Math.min(row, rows.length), column: Math.min(column, columns.length) };
    for (const one of [this.heads, ...this.lines]) {
      one.at = -1;
      for (const cell of one.cells) cell.at = -1;
    }
    this.draw();
  }

  draw() {
    const held = this.box.contains(document.activeElement);
    const { rows, columns } = this.view;
    const from = (scroll, unit, count, pool) => clamp(Math.floor(scroll / unit) - 2, 0, Math.max(0, count - pool));
    const r0 = from(this.box.scrollTop, this.row, rows.length, this.R);
    const c0 = from(this.box.scrollLeft, this.column, columns.length, this.C);
    this.drawHeads(c0);
    for (let r = r0; r < r0 + this.R; r++) this.drawLine(this.lines[r % this.R], r, c0);
    this.settle(held);
  }

  drawHeads(c0) {
    const { view } = this;
    for (let c = c0; c < c0 + this.C; c++) {
      const node = this.heads.cells[c % this.C];
      if (node.at === c) continue;
      node.at = c;
      node.hidden = c >= view.columns.length;
      if (node.hidden) continue;
      const task = view.columns[c];
      this.put(node, c);
      const { name, column, higher } = view.tasks[task];
      const said = [column, higher === undefined ? "" : `${higher ? "higher" : "lower"} is better`];
      const small = make("small", {}, said.filter(Boolean).join(", "));
      node.firstChild.replaceChildren(make("span", { dir: "auto", title: name }, name), small);
      if (view.sort === task) node.setAttribute("aria-sort", view.direction);
      else node.removeAttribute("aria-sort");
    }
  }

  drawLine(one, r, c0) {
    const { view } = this;
    one.node.hidden = r >= view.rows.length;
    if (one.node.hidden) return;
    const moved = one.at !== r;
    if (moved) {
      one.at = r;
      one.node.style.transform = `translateY(${r * this.row}px)`;
      one.node.setAttribute("aria-rowindex", r + 2);
      const { name, path } = view.models[view.rows[r]];
      Object.assign(one.side.firstChild, { textContent: name, href: path, title: name });
    }
    for (let c = c0; c < c0 + this.C; c++) {
      const node = one.cells[c % this.C];
      if (!moved && node.at === c) continue;
      if (node.at !== c) this.put(node, c);
      node.at = c;
      node.hidden = c >= view.columns.length;
      if (!node.hidden) this.fill(node, view.text(r, c), view.link(r, c));
    }
  }

  put(node, c) {
    node.style.left = `${this.side + c * this.column}px`;
    node.setAttribute("aria-colindex", c + 2);
  }

  fill(node, text, link) {
    const said = this.view.texts[text];
    const shown = node.firstChild;
    shown.textContent = said;
    shown.title = said;
    node.className = Number.isNaN(this.view.keys[text]) ? "none" : "";
    if (link) shown.href = link;
    else shown.removeAttribute("href");
  }

  /** The element of a place (row 0 is the heads, column 0 the names), or nothing while it is out of view. */
  at({ row, column }) {
    const one = row ? this.lines[(row - 1) % this.R] : this.heads;
    if (!one || (row && one.at !== row - 1)) return null;
    const node = column ? one.cells[(column - 1) % this.C] : one.side;
    return !column || (node && node.at === column - 1) ? node : null;
  }

  /** One place takes the Tab key: the active cell, or the box while that cell is scrolled away. */
  settle(held) {
    const node = this.at(this.active);
    if (this.current) this.current.tabIndex = -1;
    this.current = node || this.box;
    this.box.tabIndex = -1;
    this.current.tabIndex = 0;
    if (held && document.activeElement !== this.current) this.current.focus({ preventScroll: true });
  }

  enter(target) {
    const node = target.closest("[role=columnheader], [role=rowheader], [role=gridcell]");
    if (!node || node === this.current) return;
    const line = node.closest("[role=row]");
    const index = (element, name) => Number(element.getAttribute(name)) - 1;
    this.active = { row: index(line, "aria-rowindex"), column: index(node, "aria-colindex") };
    this.settle(false);
  }

  go(row, column) {
    const { box, view } = this;
    const to = { row: clamp(row, 0, view.rows.length), column: clamp(column, 0, view.columns.length) };
    // The heads and the names cover a part of the box, so less than all of it is room.
    const into = (now, index, unit, room) => clamp(now, (index + 1) * unit - room, index * unit);
    if (to.row) box.scrollTop = into(box.scrollTop, to.row - 1, this.row, box.clientHeight - this.head);
    if (to.column) box.scrollLeft = into(box.scrollLeft, to.column - 1, this.column, box.clientWidth - this.side);
    this.active = to;
    this.draw();
    this.current.focus({ preventScroll: true });
  }

  press(event) {
    const { row, column } = this.active;
    const page = Math.max(1, Math.floor((this.box.clientHeight - this.head) / this.row) - 1);
    const far = event.ctrlKey || event.metaKey;
    const { rows, columns } = this.view;
    const moves = {
      ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
      ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
      PageUp: [row - page, column], PageDown: [row + page, column],
      Home: [far ? 0 : row, 0], End: [far ? rows.length : row, columns.length],
    };
    const opens = ["Enter", " "].includes(event.key) && event.target === this.current;
    if (Object.hasOwn(moves, event.key)) this.go(...moves[event.key]);
    else if (opens) this.current.firstElementChild?.click();
    else return;
    event.preventDefault();
  }

  click(event) {
    const head = event.target.closest("[role=columnheader]");
    if (!head || head === this.heads.side) return;
    this.view.cycle(this.view.columns[head.at]);
    this.fresh();
    this.sorted();
  }
}
