(() => {
  "use strict";

  // ---- a link to something folded opens it, and what it is folded into
  function reveal() {
    let target;
    try {
      target = document.getElementById(decodeURIComponent(window.valueStreams.address.anchor()));
    } catch {
      return; // a link that somebody mistyped
    }
    if (!target) return;
    if (target.matches("tr[data-extra]") && target.hidden) {
      const deviating = document.querySelector('#variant-choice input[value="deviating"]');
      if (deviating) {
        deviating.checked = true;
        deviating.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    for (let one = target.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    if (!target.closest("[hidden]")) target.scrollIntoView();
    if (target.matches("details")) target.querySelector("summary").focus({ preventScroll: true });
  }
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="#"]');
    if (link && link.hash === location.hash) reveal(); // the hash does not change, but it may have been folded again
  });

  // ---- single streams with their visits in time, made when somebody opens them
  const block = document.getElementById("examples");
  let told;
  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const lang = document.documentElement.lang;
  const written = lang === "en" ? null : new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
  const moment = (seconds) => written?.format(seconds * 1000) ?? new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
  const isolated = (text) => element("bdi", "", text);

  function bar(example, only) {
    const visits = example[4];
    const strip = element("span", "strip");
    strip.setAttribute("aria-hidden", "true");
    const whole = Math.max(1, ...visits.map(([, from, took]) => from + (took ?? 0)));
    visits.forEach(([label, from, took], number) => {
      if (only !== undefined && only !== number) return;
      const part = element("i", told.labels[label][2] ? "waits" : "");
      part.style.background = `var(--${told.labels[label][1]})`;
      part.style.insetInlineStart = `${(100 * from) / whole}%`;
      part.style.width = `${(100 * (took ?? whole - from)) / whole}%`;
      strip.append(part);
    });
    return strip;
  }

  function row(example, number) {
    const [, , start, , visits, marks] = example;
    const [label, from, , took] = visits[number];
    const [name, , waiting, value] = told.labels[label];
    const line = element("tr");
    const first = element("td");
    first.append(isolated(value ? `${name}, ${value}` : name));
    for (const [, text] of marks.filter(([at, , missing]) => at === number && !missing)) first.append(" ", element("span", "pill deviating", text));
    const last = element("td", "when");
    last.append(bar(example, number));
    const on = element("td");
    on.append(isolated(waiting || "–"));
    line.append(first, on, element("td", "number", moment(start + from)), element("td", "number", took), last);
    return line;
  }

  function missing(example, number) {
    return example[5]
      .filter(([at, , gone]) => at === number && gone)
      .map(([, text]) => {
        const line = element("tr", "missing");
        const cell = element("td");
        cell.colSpan = 5;
        cell.append(isolated(text));
        line.append(cell);
        return line;
      });
  }

  function drawn(example, number, open) {
    const [ticket, address, start, took, visits, , further] = example;
    const made = element("details", "example");
    made.open = open;
    const title = element("summary");
    const caption = ticket ?? `${told.words.example} ${number}`;
    title.append(isolated(caption), ` · ${moment(start)} · ${took}`, bar(example));
    const scroll = element("div", "scroll");
    scroll.tabIndex = 0;
    scroll.setAttribute("role", "group");
    scroll.setAttribute("aria-label", caption);
    const table = element("table");
    const head = element("tr");
    told.words.columns.forEach((name, at) => {
      const cell = element("th", at === 2 || at === 3 ? "number" : "", name);
      cell.scope = "col";
      head.append(cell);
    });
    table.createTHead().append(head);
    const body = table.createTBody();
    visits.forEach((_, at) => body.append(...missing(example, at), row(example, at)));
    body.append(...missing(example, visits.length));
    scroll.append(table);
    made.append(title, scroll);
    if (address) {
      const line = element("p", "under");
      const link = element("a", "", address);
      link.href = address;
      link.target = "_blank";
      link.rel = "noopener noreferrer";
      line.append(link);
      made.append(line);
    }
    if (further) made.append(element("p", "under", told.words.further.replace("{n}", further)));
    return made;
  }

  function fill(place) {
    if (!block || place.dataset.filled) return;
    place.dataset.filled = "yes";
    told ??= JSON.parse(block.textContent);
    const shown = (told.lists[place.dataset.examples] ?? []).map((at) => told.examples[at]);
    place.replaceChildren(...shown.map((example, at) => drawn(example, at + 1, at === 0)));
  }
  document.addEventListener(
    "toggle",
    (event) => {
      if (event.target.open) event.target.querySelectorAll(":scope > .examples").forEach(fill);
    },
    true,
  );

  // ---- print: what the findings lead to is printed as well
  let opened = [];
  addEventListener("beforeprint", () => {
    for (const link of document.querySelectorAll(".findings a")) {
      const target = document.getElementById(link.hash.slice(1).split("&")[0]);
      for (let one = target?.closest("details"); one; one = one.parentElement.closest("details")) {
        if (one.open) continue;
        one.open = true;
        opened.push(one);
        one.querySelectorAll(":scope > .examples").forEach(fill);
      }
    }
  });
  addEventListener("afterprint", () => {
    opened.forEach((one) => (one.open = false));
    opened = [];
  });
  reveal();
})();
