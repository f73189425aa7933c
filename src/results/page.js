// What a page of html.h gains where scripts run: the marks of its plots say what they are, tables
// sort and filter. Nothing of the page needs it, and nothing is loaded.
(() => {
  "use strict";
  const words = JSON.parse(document.getElementById("page-words").textContent);
  const language = document.documentElement.lang;

  function make(tag, className, ...children) {
    const element = document.createElement(tag);
    element.className = className;
    element.append(...children);
    return element;
  }

  // Tables -------------------------------------------------------------------------------------

  const MANY = 8; // rows from which a table can be filtered
  const collator = new Intl.Collator(language, { numeric: true });
  const PREFIX = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

  const textOf = (row, column) => row.cells[column]?.textContent.trim() ?? "";
  const isUnknown = (text) => text === "" || text === "?" || text === "-" || text === "\u2013";

  // "1,200", "-5 (-8 to -2)", "14 GUSD .. 18 GUSD": the first number, in plain units.
  function amount(text) {
    const found = /^[^\d.-]{0,2}(-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?)(?: ([kMGT])[A-Za-z])?/i.exec(
      text.replaceAll("\u2212", "-"),
    );
    return found ? Number(found[1].replaceAll(",", "")) * (PREFIX[found[2]] ?? 1) : NaN;
  }

  const isDate = (text) => /^\d{4}-\d\d/.test(text);

  // Numbers where all cells are; else texts, in which numbers count by size.
  function order(rows, column) {
    const known = rows.map((row) => textOf(row, column)).filter((text) => !isUnknown(text));
    const numbers = known.every((text) => !isDate(text) && !Number.isNaN(amount(text)));
    return numbers ? (a, b) => amount(a) - amount(b) : collator.compare;
  }

  function sortTable(table, original, header, direction) {
    const column = header.cellIndex;
    const compare = order(original, column);
    const rows = direction === "none" ? original : [...original].sort((a, b) => {
      const [x, y] = [textOf(a, column), textOf(b, column)];
      // What is not known comes last, whichever way.
      if (isUnknown(x) || isUnknown(y)) return Number(isUnknown(x)) - Number(isUnknown(y));
      return direction === "descending" ? compare(y, x) : compare(x, y);
    });
    table.tBodies[0].append(...rows);
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    if (direction !== "none") header.setAttribute("aria-sort", direction);
  }

  const NEXT = { ascending: "descending", descending: "none" };

  function makeSortable(table) {
    const original = [...table.tBodies[0].rows];
    for (const header of table.tHead.rows[0].cells) {
      const button = make("button", "sort", ...header.childNodes);
      button.type = "button";
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        sortTable(table, original, header, NEXT[now] ?? "ascending");
      });
      header.append(button);
    }
  }

  // Rows that hold each of the words, in any case.
  function makeFilter(table) {
    const rows = [...table.tBodies[0].rows];
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const input = make("input", "");
    input.type = "search";
    const count = make("output", "");
    input.addEventListener("input", () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, i) => {
        row.hidden = !wanted.every((word) => texts[i].includes(word));
        shown += row.hidden ? 0 : 1;
      });
      count.textContent = wanted.length === 0 ? ""
        : words.shown.replace("{n}", shown).replace("{m}", rows.length);
    });
    const label = make("label", "", words.filter, " ", input);
    table.closest(".scroll").before(make("p", "filter", label, " ", count));
  }

  for (const table of document.querySelectorAll(".table table")) {
    const rows = [...table.tBodies[0].rows];
    // A row that names nothing goes on from the one above it, and stays there.
    const alone = rows.every((row) => textOf(row, 0) !== "");
    if (rows.length > 2 && alone) makeSortable(table);
    if (rows.length >= MANY && alone) makeFilter(table);
  }

  // Plots --------------------------------------------------------------------------------------

  const tip = make("div", "tip");
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.body.append(tip);

  const GAP = 10; // px between a mark and what is said of it

  function show(text, x, y, height) {
    tip.textContent = text;
    tip.hidden = false;
    const { width, height: tall } = tip.getBoundingClientRect();
    const over = y - GAP - tall;
    tip.style.left = `${Math.max(4, Math.min(x - width / 2, innerWidth - width - 4))}px`;
    tip.style.top = `${over < 4 ? y + height + GAP : over}px`;
  }
  function showBeside(mark, text) {
    const box = mark.getBoundingClientRect();
    show(text, box.left + box.width / 2, box.top, box.height);
  }
  const hide = () => {
    tip.hidden = true;
  };

  // One stop of the keyboard a plot; arrows go from mark to mark.
  const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

  function makeMarks(plot) {
    const marks = [...plot.querySelectorAll("g")].filter((g) => g.firstElementChild?.tagName === "title");
    if (marks.length === 0) return;
    plot.setAttribute("role", "group");
    plot.addEventListener("pointerleave", hide);
    plot.addEventListener("pointermove", ({ clientX: x, clientY: y }) => {
      // Marks may lie upon each other.
      const under = document.elementsFromPoint(x, y).map((element) => element.closest("g[role=img]"));
      const texts = [...new Set(under)].filter((mark) => plot.contains(mark)).map((mark) => mark.ariaLabel);
      if (texts.length > 0) show(texts.join("\n"), x, y, GAP);
      else hide();
    });
    marks.forEach((mark, i) => {
      const text = mark.firstElementChild.textContent;
      mark.firstElementChild.remove(); // the browser would say it a second time
      mark.setAttribute("role", "img");
      mark.setAttribute("aria-label", text);
      mark.setAttribute("tabindex", i === 0 ? "0" : "-1");
      mark.addEventListener("focus", () => showBeside(mark, text));
      mark.addEventListener("blur", hide);
      mark.addEventListener("keydown", (event) => {
        const to = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : i + (STEP[event.key] ?? 0);
        if (to === i || !marks[to]) return;
        event.preventDefault();
        mark.setAttribute("tabindex", "-1");
        marks[to].setAttribute("tabindex", "0");
        marks[to].focus();
      });
    });
  }

  document.querySelectorAll("figure svg").forEach(makeMarks);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  addEventListener("scroll", hide, { passive: true });
})();
