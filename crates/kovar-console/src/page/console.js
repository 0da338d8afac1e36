// The console's page: listens to /console/events and shows what comes.
//
// Names, paths and ids are shown as text only (textContent): nothing that is received becomes markup.
"use strict";

/** How many points a curve has: five minutes. */
const POINTS = 60;

/** Without a word for so long, the connection is taken to be lost. */
const SILENCE_MS = 5000;

/** A turn of an event loop that is later than this is worth a look, and than that, a worry. */
const LATE_MS = 50;
const VERY_LATE_MS = 1000;

const NONE = "–";

// How things are written.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

const number = (value) => (value === null ? NONE : whole.format(value));

/** Two digits that matter: quantiles are known to within an eighth. */
function decimal(value) {
  if (value === null) return NONE;
  if (value === 0) return "0";
  return value < 1 ? value.toFixed(2) : value < 10 ? value.toFixed(1) : whole.format(value);
}

function duration(ms) {
  if (ms === null) return NONE;
  return ms < 1000 ? `${decimal(ms)} ms` : `${decimal(ms / 1000)} s`;
}

function bytes(value) {
  if (value === null) return NONE;
  const mebibytes = value / 2 ** 20;
  return mebibytes < 1024 ? `${mebibytes.toFixed(1)} MiB` : `${(mebibytes / 1024).toFixed(2)} GiB`;
}

function span(seconds) {
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const first = Math.max(0, units.findIndex(([, size]) => seconds >= size));
  const shown = seconds < 1 ? [["s", 1]] : units.slice(first, first + 2);
  let rest = Math.floor(seconds);
  const parts = shown.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return `${count} ${unit}`;
  });
  return parts.join(" ");
}

const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

const plural = (count, one) => `${number(count)} ${one}${count === 1 ? "" : "s"}`;

// What the page is made of.

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Writes only what is new, so that a selection outlives the second. */
function write(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

function show(name, text, alarm) {
  for (const target of document.querySelectorAll(`[data-text="${name}"]`)) {
    write(target, text);
    mark(target, "alarm", alarm);
  }
}

/** Sets `data-NAME`, or removes it when there is nothing to say. */
function mark(target, name, value) {
  if (value) target.dataset[name] = value;
  else delete target.dataset[name];
}

const level = (id, value) => mark(document.getElementById(id), "level", value);

const showIf = (name, is) => {
  for (const target of document.querySelectorAll(`[data-text="${name}"]`)) target.hidden = !is;
};

// Curves: the last five minutes, the newest at the right.

const svg = (name) => document.createElementNS("http://www.w3.org/2000/svg", name);

function drawCurve(name, values, format) {
  const figure = document.querySelector(`[data-curve="${name}"]`);
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known, 0);
  const [area, line] = paths(figure.querySelector("svg"));
  const runs = runsOf(values);
  const shape = name === "failures" ? bars : areas;
  area.setAttribute("d", shape(runs, most));
  line.setAttribute("d", runs.map((run) => trace(run, most)).join(""));
  const said = known.length && most > 0 ? `at most ${format(most)}` : "none";
  const [left, right] = captions(figure);
  write(left, "last 5 minutes");
  write(right, said);
  figure.querySelector("svg").setAttribute("aria-label", `${figure.closest("section").querySelector("h2").firstChild.textContent.trim()}: ${said} in the last 5 minutes`);
}

function paths(image) {
  if (!image.firstChild) {
    image.setAttribute("viewBox", `0 0 ${POINTS - 1} 40`);
    image.setAttribute("preserveAspectRatio", "none");
    for (const part of ["area", "line"]) {
      const path = svg("path");
      path.setAttribute("class", part);
      image.append(path);
    }
  }
  return image.children;
}

function captions(figure) {
  const caption = figure.querySelector("figcaption");
  if (!caption.firstChild) caption.append(element("span"), element("span"));
  return caption.children;
}

/** What is between gaps, as pairs of a place and a value. */
function runsOf(values) {
  const runs = [[]];
  values.forEach((value, index) => {
    if (value === null) runs.push([]);
    else runs.at(-1).push([POINTS - values.length + index, value]);
  });
  return runs.filter((run) => run.length);
}

const height = (value, most) => (most === 0 ? 40 : 40 - (38 * value) / most).toFixed(1);

/** A point alone is drawn as a short line. */
function trace(run, most) {
  const points = run.length === 1 ? [[run[0][0] - 0.5, run[0][1]], [run[0][0] + 0.5, run[0][1]]] : run;
  return `M${points.map(([place, value]) => `${place} ${height(value, most)}`).join("L")}`;
}

const areas = (runs, most) =>
  runs.filter((run) => run.length > 1).map((run) => `${trace(run, most)}V40H${run[0][0]}Z`).join("");

const bars = (runs, most) =>
  runs.flat().filter(([, value]) => value > 0).map(([place, value]) => `M${place - 0.8} 40V${height(value, most)}h0.7V40Z`).join("");

// Meters: how much of a limit is used.

function drawMeter(id, used, limit, words) {
  const place = document.getElementById(id);
  place.hidden = used === null;
  const part = limit ? Math.min(1, used / limit) : 0;
  write(place.querySelector("p"), limit ? `${words} ${number(used)} of ${number(limit)}` : `${words} ${number(used)}, no limit`);
  mark(place, "alarm", part > 0.9 ? "bad" : part > 0.7 ? "warn" : null);
  const meter = place.querySelector("[role=meter]");
  meter.setAttribute("aria-valuemin", 0);
  meter.setAttribute("aria-valuemax", limit ?? 0);
  meter.setAttribute("aria-valuenow", used ?? 0);
  meter.firstElementChild.style.width = `${100 * part}%`;
  return part;
}

// Tables whose heads sort them.

/** A table that keeps its rows by key, so that only what changed is written. */
function sortable(id, { key, make, update, rank }) {
  const table = document.getElementById(id);
  const body = table.querySelector("tbody");
  const rows = new Map();
  let items = [];

  function sort() {
    const head = table.querySelector("th:is([aria-sort=ascending], [aria-sort=descending])");
    const by = head.querySelector("button").dataset.key;
    const sign = head.getAttribute("aria-sort") === "ascending" ? 1 : -1;
    items.sort((left, right) => compare(rank(left, by), rank(right, by), sign));
    const wanted = items.map((item) => rows.get(key(item)));
    if (wanted.some((row, index) => row !== body.children[index])) body.replaceChildren(...wanted);
  }

  table.querySelector("thead").addEventListener("click", (event) => {
    const head = event.target.closest("button")?.closest("th");
    if (!head) return;
    const next = nextOrder(head, items.length ? rank(items[0], event.target.closest("button").dataset.key) : 0);
    for (const other of table.querySelectorAll("th[aria-sort]")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", next);
    sort();
  });

  return (current) => {
    items = [...current];
    const keys = new Set(items.map(key));
    for (const [known, row] of rows) {
      if (!keys.has(known)) {
        row.remove();
        rows.delete(known);
      }
    }
    for (const item of items) {
      if (!rows.has(key(item))) rows.set(key(item), make(item));
      update(rows.get(key(item)), item);
    }
    sort();
  };
}

/** Text begins at its start, numbers at their end; again turns it around. */
function nextOrder(head, example) {
  const now = head.getAttribute("aria-sort");
  if (now !== "none") return now === "ascending" ? "descending" : "ascending";
  return typeof example === "string" ? "ascending" : "descending";
}

/** What is not known comes last in either order. */
function compare(left, right, sign) {
  if (left === null || right === null) return (left === null) - (right === null);
  if (typeof left === "string") return sign * left.localeCompare(right, "en");
  return sign * (left - right);
}

const cell = (text, alarm) => {
  const made = element("td", { role: "cell" }, text);
  mark(made, "alarm", alarm);
  return made;
};

function setCell(row, index, text, alarm) {
  write(row.children[index], text);
  mark(row.children[index], "alarm", alarm);
}

const showOperations = sortable("operations", {
  key: (operation) => operation.operation,
  rank: (operation, by) => operation[by],
  make(operation) {
    const name = element("th", { role: "rowheader", scope: "row" }, operation.operation);
    name.append(element("span", { class: "route" }, `${operation.method} ${operation.route}`));
    return element("tr", { role: "row" }, name, cell(""), cell(""), cell(""), cell(""), cell(""), cell(""));
  },
  update(row, operation) {
    mark(row, "idle", operation.requests === 0 ? "yes" : null);
    [operation.per_second, operation.p50, operation.p95, operation.p99].forEach((value, index) => {
      setCell(row, index + 1, decimal(value));
    });
    setCell(row, 5, number(operation.client_errors));
    setCell(row, 6, number(operation.failures), operation.failures ? "bad" : null);
  },
});

const showLastErrors = sortable("last-errors", {
  key: (error) => `${error.at} ${error.request_id}`,
  rank: (error, by) => error[by],
  make(error) {
    const when = element("time", { datetime: new Date(error.at).toISOString() }, clock(error.at));
    return element(
      "tr",
      { role: "row" },
      element("td", { role: "cell" }, when),
      cell(String(error.status), "bad"),
      cell(error.operation),
      element("td", { role: "cell" }, element("span", { class: "id" }, error.request_id)),
    );
  },
  update() {},
});

// The views; that of channels is in live.js.

function showResponseTime({ response_time: quantiles, operations, operations_left_out: leftOut, history }) {
  for (const name of ["p50", "p95", "p99"]) show(name, duration(quantiles[name]));
  drawCurve("p95", history.p95, (most) => `${duration(most)}, p95`);
  showOperations(operations);
  show("no-operations", leftOut ? `${plural(leftOut, "operation")} with fewer requests not shown.` : "No operation has been asked yet.");
  showIf("no-operations", leftOut || !operations.length);
  document.getElementById("operations").hidden = !operations.length;
}

function showThroughput({ throughput, history }) {
  show("per-second", decimal(throughput.per_second));
  show("total", number(throughput.total));
  drawCurve("throughput", history.throughput, (most) => `${decimal(most)} a second`);
}

function showErrors({ errors, throughput, history }) {
  const share = throughput.requests ? Math.min(1, errors.failures / throughput.requests) : null;
  const isBad = errors.failures > 0;
  level("errors", isBad ? "bad" : null);
  show("failures", number(errors.failures), isBad ? "bad" : null);
  show("client-errors", number(errors.client_errors));
  show("failure-share", share === null ? NONE : `${decimal(100 * share)} %`);
  drawCurve("failures", history.failures, (most) => `${number(most)} in ${history.step_seconds} s`);
  showLastErrors(errors.last);
  showIf("no-errors", !errors.last.length);
  document.getElementById("last-errors").hidden = !errors.last.length;
}

const lateness = (worker) => (worker.is_stuck || worker.lag >= VERY_LATE_MS ? "bad" : worker.lag >= LATE_MS ? "warn" : null);

const worst = (...levels) => (levels.includes("bad") ? "bad" : levels.includes("warn") ? "warn" : null);

function showLoad({ workers, in_flight_limit: inFlightLimit, connection_limit: connectionLimit, history }) {
  const sum = (name) => workers.reduce((total, worker) => total + worker[name], 0);
  const most = (name) => Math.max(0, ...workers.map((worker) => worker[name]));
  const lag = worst(...workers.map(lateness));
  show("in-flight", number(sum("in_flight")));
  show("connections", number(sum("connections")));
  show("lag", duration(most("lag")), lag);
  const used = [
    drawMeter("in-flight-meter", most("in_flight"), inFlightLimit, "in flight, busiest worker:"),
    drawMeter("connection-meter", most("connections"), connectionLimit, "connections, busiest worker:"),
  ];
  level("load", worst(lag, ...used.map((part) => (part > 0.9 ? "bad" : part > 0.7 ? "warn" : null))));
  drawCurve("lag", history.lag, (value) => `${duration(value)} of lag`);
}

function showMemory({ process, history }) {
  show("resident", bytes(process.resident_bytes));
  show("cpu", process.cpu === null ? NONE : process.cpu.toFixed(2));
  show("threads", number(process.threads));
  drawMeter("file-meter", process.open_files, process.file_limit, "open files:");
  drawCurve("resident_bytes", history.resident_bytes, bytes);
}

function showUptime({ uptime_seconds: uptime, process_id: id, workers, checks }) {
  show("uptime", span(uptime));
  show("process-id", String(id));
  const failing = (checks ?? []).some((check) => check.failure !== null);
  level("uptime", worst(failing ? "bad" : null, ...workers.map(lateness)));
  showWorkers(workers);
  showChecks(checks);
}

function showWorkers(workers) {
  const body = document.querySelector("#workers tbody");
  while (body.children.length < workers.length) {
    const name = element("th", { scope: "row" }, String(body.children.length));
    body.append(element("tr", {}, name, cell(""), cell(""), cell(""), cell("")));
  }
  workers.forEach((worker, index) => {
    const row = body.children[index];
    const alarm = lateness(worker);
    setCell(row, 1, worker.is_stuck ? "stuck" : alarm ? "late" : "ok", alarm);
    setCell(row, 2, number(worker.in_flight));
    setCell(row, 3, number(worker.connections));
    setCell(row, 4, decimal(worker.lag), alarm);
  });
}

function showChecks(checks) {
  const list = document.getElementById("checks");
  const found = checks ?? [{ name: "checks of health", failure: "are being asked" }];
  const text = JSON.stringify(found);
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  list.replaceChildren(
    ...found.map(({ name, failure }) => {
      const state = checks === null ? "" : failure === null ? "good" : "bad";
      return element("li", {}, element("span", {}, name), element("span", { class: state }, failure ?? "ok"));
    }),
  );
}

function showAll(data) {
  document.title = `${data.title} – Console`;
  show("title", data.title);
  show("version", data.version);
  show("window", data.window_seconds < 59 ? `last ${plural(Math.round(data.window_seconds), "second")}` : "last minute");
  for (const view of [showResponseTime, showThroughput, showErrors, showLoad, showMemory, showUptime, showLive]) view(data);
}

// The connection: lost ones are opened again, and nobody is asked for a page that is not seen.

let source = null;
let heardAt = 0;

function say(state, text) {
  document.body.dataset.connection = state;
  write(document.getElementById("connection"), text);
}

function connect() {
  source?.close();
  heardAt = Date.now();
  source = new EventSource("/console/events");
  source.addEventListener("message", (event) => {
    heardAt = Date.now();
    showAll(JSON.parse(event.data));
    say("live", "Live");
  });
  source.addEventListener("error", lose);
}

function lose() {
  source?.close();
  source = null;
  if (document.body.dataset.connection !== "lost") {
    const last = document.body.dataset.connection === "live" ? ` at ${clock(heardAt)}; these numbers are from then` : "";
    say("lost", `Connection lost${last}. Trying again.`);
  }
}

function tick() {
  if (document.hidden) return;
  if (source === null) connect();
  else if (Date.now() - heardAt > SILENCE_MS) lose();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    source?.close();
    source = null;
  } else {
    tick();
  }
});

tick();
setInterval(tick, 1000);
