(() => {
  "use strict";
  const PRINTED_WIDTH = 1010; // pixels: A4 landscape within its margins
  const PRINTED_HEIGHT = 430; // with a heading and a key above, on one page
  const root = document.documentElement;
  const config = {
    displaylogo: false,
    responsive: true,
    showSendToCloud: false,
    plotlyServerURL: "",
    modeBarButtonsToRemove: ["sendChartToCloud", "lasso2d", "select2d", "autoScale2d"],
    toImageButtonOptions: { format: "svg" },
  };
  const spoken = document.getElementById("plotly-locale"); // what Plotly itself says; English is in it
  if (spoken) config.locale = root.lang;
  const plots = [...document.querySelectorAll(".plot")];

  // ---- the library, packed in the page: unpacked once, let in by the policy because of its hash
  async function unpacked(name) {
    const packed = atob(document.getElementById(name).textContent);
    const bytes = new Uint8Array(packed.length);
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = packed.charCodeAt(at); // Uint8Array.from takes ten times as long
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
  }
  let loading;
  function library() {
    loading ??= (async () => {
      const script = document.createElement("script");
      script.textContent = await unpacked("plotly-packed");
      document.head.append(script);
      if (spoken) window.Plotly.register(JSON.parse(spoken.textContent));
      return window.Plotly;
    })();
    return loading;
  }

  // ---- figures: packed all together, or each by itself
  let figures;
  async function figureOf(name) {
    const alone = document.getElementById(`figure-${name}`);
    if (alone) return JSON.parse(alone.textContent);
    figures ??= unpacked("figures-packed").then((text) => JSON.parse(text));
    return structuredClone((await figures)[name]);
  }

  // ---- the address: "#map&filter=period=2016-04" is a place in the page and a part of the streams
  const address = {
    parts: () => location.hash.slice(1).split("&"),
    anchor: () => address.parts().find((part) => !part.startsWith("filter=")) ?? "",
    filter: () => address.parts().find((part) => part.startsWith("filter="))?.slice(7) ?? "",
    of: (anchor, filter) => `#${[anchor, filter && `filter=${filter}`].filter(Boolean).join("&")}`,
  };
  const page = { address, unpacked, suffix: "", changed: (name, figure) => figure, redraw: () => Promise.all(drawn().map((plot) => draw(plot))) };
  window.valueStreams = page; // what the filter needs of this script, and puts into it

  // ---- colours: figures name them, the style sheet knows them
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const palette = new Map(); // for one drawing: to look a colour up has the browser style the page
  function colour(name) {
    if (!palette.has(name)) {
      probe.style.color = `var(--${name})`;
      palette.set(name, getComputedStyle(probe).color);
    }
    return palette.get(name);
  }
  const NAMED = /^var\(--([a-z0-9-]+)\)$/;
  function coloured(value) {
    if (typeof value === "string") {
      const named = NAMED.exec(value);
      return named ? colour(named[1]) : value;
    }
    if (Array.isArray(value)) return value.map(coloured);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, coloured(part)]));
  }
  function template() {
    const axis = { gridcolor: colour("grid"), zerolinecolor: colour("line"), linecolor: colour("line"), tickcolor: colour("line"), title: { standoff: 10 } };
    return {
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: colour("ink") },
        hoverlabel: { bgcolor: colour("card"), bordercolor: colour("muted"), font: { color: colour("ink"), size: 13 }, align: "left" },
        modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("muted"), activecolor: colour("ink") },
        xaxis: axis,
        yaxis: axis,
      },
    };
  }

  // ---- the maps: arrows and their labels know their rank, 1 being the most frequent
  function limited(figure, limit) {
    for (const trace of figure.data) if (trace.meta?.gone) trace.visible = false;
    if (!limit) return;
    for (const trace of figure.data) if (trace.meta?.rank) trace.visible = trace.meta.rank <= Number(limit) && !trace.meta.gone;
    for (const note of figure.layout.annotations) {
      const [, rank] = /^rank-([0-9]+)$/.exec(note.name ?? "") ?? [];
      if (rank) note.visible = Number(rank) <= Number(limit);
    }
  }

  function failed(text) {
    const said = document.createElement("p");
    said.className = "failed";
    said.textContent = text;
    return said;
  }

  // ---- drawing: first what comes near the window, the rest while there is nothing to do, everything before printing
  let printing = false; // whatever draws meanwhile draws for the page
  async function draw(plot) {
    try {
      const Plotly = await library();
      const whole = await figureOf(plot.dataset.figure);
      await page.ready; // whoever comes for a part need not see all streams drawn first
      const known = page.changed(plot.dataset.figure, whole);
      if (!known) {
        plot.dataset.drawn = "yes";
        Plotly.purge(plot);
        plot.replaceChildren(failed(plot.dataset.nothing));
        return;
      }
      plot.querySelector(":scope > .failed")?.remove();
      palette.clear();
      const figure = coloured(known);
      limited(figure, plot.dataset.limit);
      const height = figure.layout.height ?? parseFloat(plot.style.height);
      plot.style.height = `${height}px`;
      const layout = { ...figure.layout, template: template(), height };
      const width = printing ? PRINTED_WIDTH : 0;
      const zoom = width ? Math.min(1, PRINTED_HEIGHT / height) : 1;
      plot.style.zoom = zoom === 1 ? "" : zoom;
      if (width) layout.width = width / zoom;
      else layout.autosize = true;
      plot.dataset.drawn = "yes";
      await Plotly.react(plot, figure.data, layout, config);
      plot.removeAllListeners("plotly_click");
      plot.on("plotly_click", ({ points }) => {
        const link = points[0].customdata; // of the trend page: the report of a run
        if (typeof link === "string" && link.endsWith("/report.html")) location.assign(link);
      });
    } catch (error) {
      plot.replaceChildren(failed(plot.dataset.failed));
      console.warn(String(error));
    }
  }
  const drawn = () => plots.filter((plot) => plot.dataset.drawn);
  const begun = new Set();
  async function drawFirst(plot) {
    near.unobserve(plot);
    if (begun.has(plot)) return;
    begun.add(plot);
    await draw(plot);
  }
  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) drawFirst(entry.target);
    },
    { rootMargin: "500px" },
  );
  plots.forEach((plot) => near.observe(plot));
  const idle = () => new Promise((done) => (window.requestIdleCallback ?? setTimeout)(done));
  // Nobody who reads on waits for a chart, and who prints at once finds them: a browser that prints waits for nothing.
  async function drawTheRest() {
    await idle();
    for (const plot of plots) {
      if (plot.dataset.drawn || !plot.checkVisibility()) continue; // what lies in a tab or is folded is drawn when it is opened
      await drawFirst(plot);
      await idle();
    }
  }
  drawTheRest();

  // ---- how many hand-offs a map draws
  for (const control of document.querySelectorAll(".drawing")) {
    control.hidden = false;
    const plot = document.querySelector(`.plot[data-figure="${control.dataset.draws}"]`);
    const said = document.getElementById(`drawn-${control.dataset.draws}`);
    control.addEventListener("change", (event) => {
      plot.dataset.limit = event.target.value;
      const shown = Number(event.target.value).toLocaleString(root.lang);
      said.textContent = event.target.value === said.dataset.count ? said.dataset.every : said.dataset.some.replace("{n}", shown);
      if (plot.dataset.drawn) draw(plot);
    });
  }

  // ---- elapsed or working time on a map
  for (const control of document.querySelectorAll(".clock")) {
    control.hidden = false;
    const plot = document.querySelector(`.plot[data-figure="${control.dataset.of}"]`);
    control.addEventListener("change", (event) => {
      plot.dataset.figure = event.target.value;
      if (plot.dataset.drawn) draw(plot);
      if (address.filter()) dispatchEvent(new Event("hashchange")); // the filter says what it does not act on
    });
  }

  // ---- tabs: without this script, and in print, their panels stand below one another
  const tablist = document.getElementById("map-tabs");
  const tabs = [...(tablist?.querySelectorAll("button") ?? [])];
  const panelOf = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
  function choose(chosen) {
    for (const tab of tabs) {
      const open = tab === chosen;
      tab.setAttribute("aria-selected", String(open));
      tab.tabIndex = open ? 0 : -1;
      panelOf(tab).hidden = !open;
    }
    panelOf(chosen).querySelectorAll(".plot[data-drawn]").forEach((plot) => draw(plot)); // its width may have changed
  }
  function chooseNamed() {
    const named = tabs.find((tab) => tab.getAttribute("aria-controls") === address.anchor());
    if (named) {
      choose(named);
      panelOf(named).scrollIntoView();
    }
  }
  if (tablist) {
    tablist.hidden = false;
    tablist.setAttribute("role", "tablist");
    for (const tab of tabs) {
      tab.setAttribute("role", "tab");
      panelOf(tab).setAttribute("role", "tabpanel");
      panelOf(tab).setAttribute("aria-labelledby", tab.id);
    }
    const take = (tab) => {
      choose(tab);
      history.replaceState(null, "", address.of(tab.getAttribute("aria-controls"), address.filter()));
    };
    tablist.addEventListener("click", (event) => {
      const tab = event.target.closest("button");
      if (tab) take(tab);
    });
    tablist.addEventListener("keydown", (event) => {
      const at = tabs.indexOf(document.activeElement);
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const tab = tabs[(to + tabs.length) % tabs.length];
      tab.focus();
      take(tab);
    });
    choose(tabs[0]);
    chooseNamed();
    addEventListener("hashchange", chooseNamed);
  }

  // ---- theme
  const themeButton = document.getElementById("theme");
  const prefersDark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : prefersDark.matches);
  function themed() {
    themeButton.textContent = isDark() ? themeButton.dataset.light : themeButton.dataset.dark;
    drawn().forEach((plot) => draw(plot));
  }
  themeButton.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    themed();
  });
  prefersDark.addEventListener("change", themed);
  themeButton.textContent = isDark() ? themeButton.dataset.light : themeButton.dataset.dark;
  themeButton.hidden = false;

  // ---- print: the style sheet turns light by itself, the charts have to be drawn again
  let beforePrint;
  addEventListener("beforeprint", () => {
    printing = true;
    beforePrint = root.dataset.theme;
    root.dataset.theme = "light";
    tabs.forEach((tab) => (panelOf(tab).hidden = false));
    plots.forEach((plot) => draw(plot));
  });
  addEventListener("afterprint", () => {
    printing = false;
    if (beforePrint) root.dataset.theme = beforePrint;
    else delete root.dataset.theme;
    if (tabs.length) choose(tabs.find((tab) => tab.tabIndex === 0));
    plots.forEach((plot) => draw(plot));
  });
  const printButton = document.getElementById("print");
  printButton.hidden = false;
  printButton.addEventListener("click", async () => {
    await Promise.all(plots.filter((plot) => !plot.dataset.drawn).map((plot) => draw(plot)));
    print();
  });

  // ---- tables as CSV: a cell that a spreadsheet would take for a formula is made text
  const HOUR = 3600e6;
  function plain(cell, unit) {
    if (cell.dataset.raw === undefined) {
      const text = (cell.dataset.text ?? cell.title ?? "") || cell.textContent.trim();
      return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    }
    const number = Number(cell.dataset.raw);
    return unit === "h" ? String(Math.round((number / HOUR) * 1e4) / 1e4) : String(number);
  }
  function csv(table) {
    const heads = [...table.tHead.rows[0].cells];
    const units = heads.map((head) => head.dataset.unit);
    const first = heads.map((head) => head.textContent.trim() + (head.dataset.unit ? ` (${head.dataset.unit})` : ""));
    const shown = [...table.tBodies[0].rows].filter((row) => !row.hidden);
    const rows = shown.map((row) => [...row.cells].map((cell, at) => plain(cell, units[at])));
    return [first, ...rows].map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(",")).join("\r\n") + "\r\n";
  }
  for (const button of document.querySelectorAll("button.csv")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(["\ufeff", csv(document.getElementById(button.dataset.table))], { type: "text/csv" }));
      link.download = `${button.dataset.table.replace(/^table-/, "")}${page.suffix}.csv`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    });
  }

  // ---- variants: all, conforming, deviating
  const choice = document.getElementById("variant-choice");
  if (choice) {
    choice.hidden = false;
    const rows = [...document.querySelectorAll("#table-variants tbody tr")];
    choice.addEventListener("change", (event) => {
      const wanted = event.target.value;
      rows.forEach((row) => {
        const extra = row.dataset.extra !== undefined && wanted !== "deviating";
        row.hidden = extra || (Boolean(wanted) && row.dataset.verdict !== wanted);
      });
      document.getElementById("variant-shown").textContent = choice.dataset.shown.replace("{n}", rows.filter((row) => !row.hidden && row.dataset.verdict).length);
    });
  }

  // ---- contents: mark the section that is read
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries.filter((one) => one.isIntersecting)) {
        links.forEach((link) => link.removeAttribute("aria-current"));
        links.get(entry.target.id)?.setAttribute("aria-current", "true");
      }
    },
    { rootMargin: "-15% 0px -75% 0px" },
  );
  document.querySelectorAll("main > section").forEach((section) => seen.observe(section));
})();
