(() => {
  "use strict";
  // The filter puts what was worked out for one part in the place of what was worked out for all; the address says which.
  const bar = document.getElementById("filter");
  if (!bar) return;
  const page = window.valueStreams;
  const choice = document.getElementById("filter-choice");
  const state = document.getElementById("filter-state");
  const clear = document.getElementById("filter-clear");
  const words = bar.dataset;
  const titles = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link.textContent]));
  const skip = document.querySelector(".skip"); // its target has to stand in it as it is, or it is none to a screen reader
  const links = [...document.querySelectorAll('a[href^="#"]:not(.skip)')].map((link) => [link, link.hash.slice(1)]);
  let bundle, part, shown = "";

  // ---- what stood there before, to be put back
  const kept = new Map();
  function put(element, ...nodes) {
    if (!element) return;
    if (!kept.has(element)) kept.set(element, [[...element.childNodes], element.dataset.raw]);
    element.replaceChildren(...nodes);
  }
  function putBack() {
    for (const [element, [nodes, raw]] of kept) {
      element.replaceChildren(...nodes);
      if (raw === undefined) delete element.dataset.raw;
      else element.dataset.raw = raw;
    }
    kept.clear();
    unmark();
    links.forEach(([link, to]) => link.setAttribute("href", `#${to}`));
  }
  function made(name, text, className) {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.textContent = text;
    return element;
  }
  function isolated(name, text, className) {
    const element = made(name, "", className);
    element.append(made("bdi", text));
    return element;
  }
  const parted = (cell) => (Array.isArray(cell) ? cell : [cell]);
  function putCell(element, cell) {
    const [text, raw] = parted(cell);
    put(element, made("bdi", text));
    if (raw === undefined || raw === null) delete element.dataset.raw;
    else element.dataset.raw = raw;
  }

  // ---- one part
  function putTable(name, rows) {
    const table = document.getElementById(`table-${name}`);
    if (!table) return;
    const numbers = [...table.tHead.rows[0].cells].map((head) => head.classList.contains("number"));
    const filled = rows.map((row) => {
      const line = document.createElement("tr");
      row.forEach((cell, at) => {
        const [text, raw, title] = parted(cell);
        const made_ = isolated("td", text, numbers[at] ? "number" : "");
        if (raw !== undefined && raw !== null) made_.dataset.raw = raw;
        if (title) made_.title = title;
        line.append(made_);
      });
      return line;
    });
    if (!filled.length) {
      const line = document.createElement("tr");
      line.append(made("td", words.none));
      line.firstChild.colSpan = numbers.length;
      filled.push(line);
    }
    put(table.tBodies[0], ...filled);
  }
  function putFindings(findings) {
    const list = made("ol", "", "findings");
    for (const [claim, evidence, section, anchor] of findings) {
      const item = document.createElement("li");
      const said = document.createElement("div");
      said.append(isolated("strong", claim), isolated("span", evidence));
      const link = made("a", `${titles.get(section) ?? section} →`);
      link.href = page.address.of(anchor, shown);
      item.append(said, link);
      list.append(item);
    }
    put(document.getElementById("findings"), findings.length ? list : made("p", words.nothing));
  }
  function putVariants({ rows, tail, said }) {
    put(document.getElementById("variants-said"), said);
    document.querySelectorAll("#table-variants tbody tr[data-verdict]").forEach((line, at) => {
      const cells = [...line.cells].slice(-5);
      rows[at].forEach((cell, place) => putCell(cells[place], cell));
    });
    const last = document.querySelector("#table-variants tr.tail");
    if (!last) return;
    put(last.cells[1], tail[0]);
    putCell(last.cells[last.cells.length - 5], tail[1]);
    putCell(last.cells[last.cells.length - 4], tail[2]);
  }
  function putPart() {
    put(document.querySelector("#verdict bdi"), part.verdict);
    put(document.getElementById("lede"), ...part.lede.map((line) => isolated("p", line, "lede")));
    document.querySelectorAll(".tiles a").forEach((tile, at) => {
      const [figure, ...over] = part.tiles[at];
      const lines = over.map((line) => isolated("span", line, "tile-over"));
      put(tile, tile.querySelector(".tile-name"), made("strong", figure), ...lines);
    });
    putFindings(part.findings);
    document.querySelectorAll("#conformance .rates > div").forEach((rate, at) => {
      const [figure, over] = rate.querySelectorAll("dd");
      put(figure, part.rates[at][0]);
      put(over, part.rates[at][1]);
    });
    Object.entries(part.tables).forEach(([name, rows]) => putTable(name, rows));
    putVariants(part.variants);
    links.forEach(([link, to]) => link.setAttribute("href", page.address.of(to, shown)));
    mark();
  }

  // ---- what it does not act on says so
  function note(text, before) {
    before.before(made("p", text, "filter-note"));
  }
  function unmark() {
    document.querySelectorAll(".filter-note").forEach((note) => note.remove());
    document.querySelectorAll(".of-all").forEach((one) => one.classList.remove("of-all"));
  }
  function mark() {
    for (const section of document.querySelectorAll("main > section")) {
      const first = section.querySelector(".question");
      if (!bundle.acts.includes(section.id)) {
        if (first) first.after(made("p", words.nowhere, "filter-note"));
        continue;
      }
      if (first && section.id !== "summary") first.after(made("p", part.said, "filter-note acts"));
      for (const table of section.querySelectorAll(".table")) {
        const name = table.querySelector("table").id.replace(/^table-/, "");
        if (!(name in part.tables) && name !== "variants") note(words.ofAll, table);
      }
      for (const plot of section.querySelectorAll(".plot")) {
        const name = plot.dataset.figure;
        if (!(name in part.charts) && !(name in part.maps)) note(words.ofAll, plot.closest("figure"));
      }
      for (const list of section.querySelectorAll(":scope > ul:not(.tiles), .evidence-lead")) note(words.ofAll, list);
      for (const one of section.querySelectorAll(":scope > p, :scope > .folds > p")) {
        if (!one.matches(".question, .filter-note, .key, .under, #variants-said, .origin") && /[0-9]/.test(one.textContent)) one.classList.add("of-all");
      }
    }
  }

  // ---- figures: whole ones for small charts; on maps the arrows keep their ways
  function outline(flat, width) {
    const line = [];
    for (let at = 0; at < flat.length; at += 2) line.push([flat[at], flat[at + 1]]);
    const lengths = [0];
    for (let at = 1; at < line.length; at += 1) lengths.push(lengths[at - 1] + Math.hypot(line[at][0] - line[at - 1][0], line[at][1] - line[at - 1][1]));
    const whole = lengths[lengths.length - 1];
    const neck = Math.max(whole - (0.13 + width * 0.45), whole * 0.4);
    const body = line.filter((_, at) => lengths[at] < neck);
    const next = lengths.findIndex((length) => length >= neck);
    const ratio = (neck - lengths[next - 1]) / (lengths[next] - lengths[next - 1] || 1);
    body.push([0, 1].map((axis) => line[next - 1][axis] + (line[next][axis] - line[next - 1][axis]) * ratio));
    const tip = line[line.length - 1];
    const last = body.length - 1;
    const sides = body.map((_, at) => {
      const [from, to] = at === last ? [body[last], tip] : [body[Math.max(at - 1, 0)], body[Math.min(at + 1, last)]];
      const [x, y] = [to[0] - from[0], to[1] - from[1]];
      const size = Math.hypot(x, y) || 1;
      return [-y / size, x / size];
    });
    const beside = (at, by) => [body[at][0] + sides[at][0] * by, body[at][1] + sides[at][1] * by];
    const barb = width / 2 + 0.06;
    const left = body.map((_, at) => beside(at, width / 2));
    const right = body.map((_, at) => beside(at, -width / 2)).reverse();
    return [...left, beside(last, barb), tip, beside(last, -barb), ...right, left[0]];
  }
  function changedMap(name, figure) {
    const { arrows, nodes, notes } = part.maps[name];
    const [otherTraces, otherNotes] = [[...nodes], [...notes]];
    for (const trace of figure.data) {
      const rank = trace.meta?.rank;
      if (!rank) {
        const [text, fill, dash] = otherTraces.shift();
        Object.assign(trace, { text, fillcolor: fill });
        trace.line.dash = dash;
        continue;
      }
      const arrow = arrows[rank - 1];
      trace.meta.gone = !arrow;
      if (!arrow) continue;
      const points = outline(bundle.lines[name][rank - 1], arrow[0]);
      const fill = `var(--${arrow[1]})`;
      Object.assign(trace, { x: points.map(([x]) => x), y: points.map(([, y]) => y), fillcolor: fill, text: arrow[3] });
      trace.line.color = fill;
    }
    for (const one of figure.layout.annotations) {
      const [, rank] = /^rank-([0-9]+)$/.exec(one.name ?? "") ?? [];
      if (rank) {
        const arrow = arrows[rank - 1];
        one.text = arrow ? arrow[2] : "";
        if (!arrow) one.opacity = 0;
      } else {
        const [text, ink] = otherNotes.shift();
        one.text = text;
        one.font.color = ink;
      }
    }
    return figure;
  }
  page.changed = (name, figure) => {
    if (!part) return figure;
    if (name in part.maps) return changedMap(name, figure);
    return name in part.charts ? structuredClone(part.charts[name]) : figure;
  };

  function partOf(key) {
    const having = ([, of]) => key in of;
    const own = (all) => Object.fromEntries(Object.entries(all).filter(having).map(([name, of]) => [name, of[key]]));
    const { tables, charts, maps, ...rest } = bundle.kinds;
    return { ...own(rest), tables: own(tables), charts: own(charts), maps: own(maps) };
  }
  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  }

  // ---- the address decides; the control, the back button and a link all change it
  async function apply() {
    const ready = show();
    page.ready = ready;
    if (!(await ready)) return;
    await page.redraw();
    state.dataset.ready = shown;
  }
  async function show() {
    const wanted = page.address.filter();
    if (wanted === shown) {
      unmark(); // another figure may stand there now
      if (part) mark();
      return false;
    }
    bundle ??= JSON.parse(await page.unpacked("parts-packed"));
    if (page.address.filter() !== wanted) return false; // it changed again meanwhile
    putBack();
    shown = wanted;
    const key = bundle.keys.find((one) => decoded(one) === decoded(wanted)); // mail programs decode links
    part = key && partOf(key);
    choice.value = part ? key : "";
    clear.hidden = !part;
    page.suffix = part ? `-${decoded(key).replace(/[^\p{L}\p{N}]+/gu, "-")}` : "";
    document.documentElement.toggleAttribute("data-filtered", Boolean(part));
    state.textContent = part ? part.said : wanted ? words.unknown.replace("{what}", () => decoded(wanted)) : "";
    if (part) putPart();
    return true;
  }
  function choose(key) {
    history.pushState(null, "", page.address.of(page.address.anchor(), key));
    apply();
  }
  function arrived() {
    const there = document.getElementById(page.address.anchor());
    apply().then(() => there?.scrollIntoView());
  }
  choice.addEventListener("change", () => choose(choice.value));
  clear.addEventListener("click", () => {
    choose("");
    choice.focus();
  });
  skip.addEventListener("click", (event) => {
    if (!shown) return;
    event.preventDefault();
    history.pushState(null, "", page.address.of(skip.hash.slice(1), shown));
    const there = document.querySelector(skip.hash);
    there.tabIndex = -1;
    there.focus();
  });
  addEventListener("hashchange", arrived);
  bar.hidden = false;
  if (page.address.filter()) arrived();
})();
