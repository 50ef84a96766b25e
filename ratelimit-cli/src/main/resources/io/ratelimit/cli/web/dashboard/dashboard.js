// Shows what the server sends. Inserts all text from a queue as text, never as markup.

"use strict";

import { drawChart, timeSpan } from "./charts.js";
import { showForecast } from "./forecast.js";
import { addressWith, ofQueue, showQueues } from "./queues.js";
import { bdi, dotted, initControls, moment, showBeside, showChoice, showControls } from "./controls.js";

const POINTS = 600;
const STALE_MILLIS = 5_000;
const RECONNECT_MILLIS = 2_000;
const ANNOUNCE_MILLIS = 10_000;
const FORECAST_MILLIS = 10_000;
const TOKEN_KEY = "ratelimit-token";

const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en");

/** The manager to show in place of the one that the server watches. */
let chosen = new URLSearchParams(location.search).get("manager");
let points = [];
let latest = null;
let source = null;
let heardAt = null;
let announcedAt = -Infinity;

// ---------------------------------------------------------------- texts

function setText(id, text) {
  const element = byId(id);
  const shown = text === "" ? "\u00a0" : String(text);
  if (element.textContent !== shown) {
    element.textContent = shown;
  }
}

function duration(seconds) {
  const value = Math.max(0, seconds);
  if (value < 10) {
    return `${value.toFixed(1)} s`;
  }
  if (value < 120) {
    return `${Math.round(value)} s`;
  }
  return value < 7200 ? `${Math.round(value / 60)} min` : `${Math.round(value / 3600)} h`;
}

function since(instant, now) {
  return (now - Date.parse(instant)) / 1000;
}

const count = (value, noun) => `${number.format(value)} ${noun}${value === 1 ? "" : "s"}`;

// ---------------------------------------------------------------- the token

/** Reads the token from the address, and removes it there at once, or from before a reload of this tab. */
function readToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) {
    sessionStorage.setItem(TOKEN_KEY, given);
    history.replaceState(null, "", location.pathname + location.search);
  }
  return sessionStorage.getItem(TOKEN_KEY);
}

let token = readToken();

// Also if it is put into the address of an open tab.
addEventListener("hashchange", () => {
  token = readToken();
  if (latest !== null) {
    render();
  }
});

// ---------------------------------------------------------------- news from the server

function connect() {
  source = new EventSource(ofQueue("api/live", chosen === null ? {} : { manager: chosen }));
  source.addEventListener("history", (event) => {
    points = JSON.parse(event.data);
    heard();
  });
  source.addEventListener("view", (event) => {
    latest = JSON.parse(event.data);
    const point = latest.seen?.point;
    if (point && (points.length === 0 || points.at(-1).at < point.at)) {
      points = [...points, point].slice(-POINTS);
    }
    heard();
    render();
  });
  source.addEventListener("error", () => {
    showConnection();
    // A browser does not try again by itself after an answer that is not a stream.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(reconnect, RECONNECT_MILLIS);
    }
  });
}

function reconnect() {
  source.close();
  if (!document.hidden) {
    connect();
  }
}

function heard() {
  heardAt = performance.now();
  showConnection();
}

/** Shows that the page is live, or how old it is: it may have lost the server, or the server its queue. */
function showConnection() {
  const silent = heardAt === null ? null : performance.now() - heardAt;
  const age = (latest?.ageSeconds ?? 0) + (silent ?? 0) / 1000;
  const open = source.readyState === EventSource.OPEN;
  let state = "live";
  let text = "Live";
  if (silent === null) {
    state = "connecting";
    text = "Connecting";
  } else if (!open) {
    state = "lost";
    text = `Disconnected, ${duration(age)} old`;
  } else if (silent > STALE_MILLIS) {
    state = "lost";
    text = `Stale, ${duration(age)} old`;
  } else if (latest !== null && !latest.live) {
    state = "stale";
    text = latest.seen === null ? "Not read yet" : `Stale, ${duration(age)} old`;
  }
  document.body.dataset.connection = state;
  // Tells a screen reader of the change, not of each second.
  if (byId("connection").dataset.state !== state || state === "lost" || state === "stale") {
    byId("connection").dataset.state = state;
    byId("connection").setAttribute("aria-live", state !== "live" && text !== byId("connection").textContent ? "off" : "polite");
    setText("connection", text);
  }
}

// ---------------------------------------------------------------- the numbers

function render() {
  const { queue: name, verdict, seen, beside, queues } = latest;
  document.title = name;
  setText("queue-name", name);
  showQueues(queues, name);
  showVerdict(verdict);
  showState(latest.condition, verdict.level, seen?.monitor.manager ?? null);
  showBeside(beside);
  showChoice(beside, seen?.monitor.managerId ?? null);
  if (seen === null) {
    return;
  }
  const { monitor, decisions } = seen;
  const { queue, manager } = monitor;
  const now = Date.parse(queue.observedAt);

  setText("as-of", moment(queue.observedAt));
  byId("as-of").dateTime = queue.observedAt;
  showControls(token !== null, {
    paused: queue.paused,
    limit: queue.normalLimit,
    manager: monitor.managerId,
    running: manager !== null && beside !== null,
    workers: manager?.workers ?? null,
  });
  document.title = `${number.format(queue.pending)} waiting · ${queue.namespace}`;
  showProgress(queue, manager);

  setText("pending", number.format(queue.pending));
  setText("oldest", queue.oldestPendingAgeSeconds === null ? "" : `oldest ${duration(queue.oldestPendingAgeSeconds)}`);
  setText("delayed", number.format(queue.delayed));
  setText("running", number.format(queue.leased));
  setText("workers-range", manager === null ? "in workers’ hands" : `of ${count(manager.workersActive, "worker")}`);
  setText("done", number.format(queue.done));
  setText("attempts", count(queue.starts, "start"));
  setText("failed", number.format(queue.failed));
  byId("failed").classList.toggle("bad", queue.failed > 0);
  setText("failed-rate", failedRate(queue));
  // Starts that a higher limit allowed are not compared with the limit in force now.
  const { permits, starts } = seen.point;
  const earlier = starts > permits;
  setText("starts", earlier ? number.format(starts) : `${number.format(starts)} / ${number.format(permits)}`);
  setText("limit", `limit ${queue.limitInForce}${earlier ? ` · ${seen.starts}` : nextStart(queue, now)}`);

  showTypes(queue);
  showDecisions(decisions, now);
  showInHand(monitor.running);
  if (page === null) {
    showFailed(monitor.failed);
  }
  showFailedActions(queue.failed);
  drawCharts(decisions);
  readForecast();
}

/** Shows the name of the condition, the same in every view. */
function showState(condition, level, manager) {
  byId("state").dataset.level = level;
  const mode = manager === null ? "" : manager.mode === "ROUND" ? " · one round" : " · service";
  const words = condition.state.toLowerCase().replaceAll("_", " ");
  setText("state", words.charAt(0).toUpperCase() + words.slice(1) + mode);
}

/** Returns the share of the ended events that were given up. */
function failedRate({ done, failed }) {
  return failed === 0 ? "in the failed queue" : `${number.format(Math.round(1000 * failed / (done + failed)) / 10)} % of what ended`;
}

function showVerdict({ level, headline, detail }) {
  const changed = byId("verdict").dataset.level !== level;
  byId("verdict").dataset.level = level;
  setText("headline", headline);
  setText("detail", detail);
  const now = performance.now();
  if (changed || now - announcedAt > ANNOUNCE_MILLIS * 6) {
    announcedAt = now;
    setText("announcement", `${headline}. ${detail}`);
  }
}

function showProgress(queue, manager) {
  byId("progress").classList.toggle("unknown", manager === null);
  if (manager === null) {
    setText("progress-text", "");
    return;
  }
  const settled = manager.counts.done + manager.counts.failed;
  const all = settled + queue.pending + queue.delayed + queue.leased;
  setText("progress-text", `${number.format(settled)} of ${number.format(all)} settled`);
  byId("progress-bar").max = Math.max(1, all);
  byId("progress-bar").value = all === 0 ? 1 : settled;
}

function showTypes({ pendingByType, pendingByPriority, pending }) {
  const priorities = Object.entries(pendingByPriority)
    .filter(([, waiting]) => waiting > 0)
    .map(([name, waiting]) => [`${name.charAt(0)}${name.slice(1).toLowerCase()} priority`, waiting, "priority"]);
  const types = Object.entries(pendingByType).map(([name, waiting]) => [name, waiting, "type"]);
  const rows = [...priorities, ...types];
  byId("types").replaceChildren(...(rows.length ? rows : [["Nothing waits", 0, "none"]]).map(([name, waiting, kind]) => {
    const row = document.createElement("div");
    row.className = kind;
    const term = document.createElement("dt");
    term.append(bdi(name));
    const value = document.createElement("dd");
    value.textContent = kind === "none" ? "" : number.format(waiting);
    const meter = document.createElement("dd");
    meter.className = "meter";
    const fill = document.createElement("span");
    fill.style.width = `${pending === 0 ? 0 : (100 * waiting) / pending}%`;
    meter.append(fill);
    row.append(term, value, meter);
    return row;
  }));
}

function showDecisions(decisions, now) {
  const list = byId("decisions");
  const rows = [...decisions].reverse().map((decision) => {
    const row = document.createElement("li");
    row.dataset.mode = decision.mode;
    const when = document.createElement("time");
    when.dateTime = decision.at;
    when.textContent = `${duration(since(decision.at, now))} ago`;
    when.title = moment(decision.at);
    const what = document.createElement("span");
    what.textContent = decision.text;
    row.append(when, what);
    return row;
  });
  list.replaceChildren(...(rows.length ? rows : [none("No decision yet")]));
}

function none(text) {
  const row = document.createElement("li");
  row.className = "none";
  row.textContent = text;
  return row;
}

function showInHand(running) {
  const rows = running.map((lease) => {
    const row = document.createElement("li");
    const facts = [bdi(lease.id), ...(lease.attempt > 1 ? [`attempt ${lease.attempt}`] : []), bdi(lease.worker)];
    const texts = [
      ["age", [duration(lease.ageSeconds)]],
      ["type", [bdi(lease.type)]],
      ["facts", dotted(facts)],
    ];
    row.append(...texts.map(([className, parts]) => {
      const part = document.createElement("span");
      part.className = className;
      part.append(...parts);
      return part;
    }));
    row.title = `taken ${moment(lease.takenAt)}`;
    return row;
  });
  byId("in-hand").replaceChildren(...(rows.length ? rows : [none("Nothing runs")]));
}

/** Returns when the limit lets the next event start, if it holds one back now. */
function nextStart(queue, now) {
  const seconds = queue.nextStart === null ? 0 : -since(queue.nextStart, now);
  return seconds > 0 ? ` · next in ${duration(seconds)}` : "";
}

// ---------------------------------------------------------------- the charts

/** Returns how much a count grew per minute, over a short time up to each point. */
function perMinute(name) {
  const [span] = timeSpan(points.length === 0 ? 0 : (points.at(-1).at - points[0].at) / 1000);
  let first = 0;
  return points.map((point, i) => {
    while (first < i - 1 && point.at - points[first + 1].at >= (span * 1000) / 15) {
      first++;
    }
    const millis = point.at - points[first].at;
    return millis === 0 ? null : Math.max(0, (point[name] - points[first][name]) * 60_000 / millis);
  });
}

function legend(figure, entries) {
  const container = figure.querySelector(".legend");
  if (container.childElementCount !== entries.length) {
    container.replaceChildren(...entries.map(() => {
      const entry = document.createElement("span");
      entry.append(document.createElement("i"), document.createElement("span"));
      return entry;
    }));
  }
  entries.forEach(({ name, shown, className }, i) => {
    const entry = container.children[i];
    entry.className = className;
    const text = `${name} ${shown}`;
    if (entry.lastChild.textContent !== text) {
      entry.lastChild.textContent = text;
    }
  });
}

function chart(id, title, unit, series, marks) {
  const figure = byId(id);
  const entries = series.map((each, i) => {
    const value = each.values.at(-1);
    return { name: each.name, shown: value === null || value === undefined ? "–" : number.format(Math.round(value)), className: `series-${i}` };
  });
  legend(figure, entries);
  drawChart(figure.querySelector("svg"), {
    times: points.map((point) => point.at),
    series,
    marks,
    unit,
    label: `${title}: ${entries.map((entry) => `${entry.name} ${entry.shown}`).join(", ")} now`,
  });
}

function drawCharts(decisions) {
  const values = (name) => points.map((point) => point[name]);
  const marks = decisions.map((decision) => Date.parse(decision.at));
  chart("chart-queue", "Queue", "events", [
    { name: "waiting", values: values("pending"), filled: true },
    { name: "delayed", values: values("delayed") },
    { name: "running", values: values("running") },
  ], marks);
  chart("chart-starts", "Starts in the window", "starts", [
    { name: "starts", values: values("starts"), filled: true },
    { name: "limit", values: values("permits"), stepped: true },
  ], marks);
  chart("chart-workers", "Workers", "workers", [
    { name: "active", values: values("workersActive"), filled: true },
    { name: "wanted", values: values("workersWanted"), stepped: true },
  ], marks);
  chart("chart-throughput", "Done per minute", "events per minute", [
    { name: "done", values: perMinute("done"), filled: true },
    { name: "failed", values: perMinute("failed") },
  ], marks);
}

// ---------------------------------------------------------------- failed events

/** The open page of the failed queue, and where the pages before it begin; null if none is open. */
let page = null;

/** Selects failed events by id, wallet, type or reason; all if empty. */
let filter = {};

function failedEvent(event) {
  const row = byId("failed-event").content.cloneNode(true).firstElementChild;
  row.querySelector(".id").textContent = event.id;
  row.querySelector(".facts").replaceChildren(
    bdi(event.type), " · wallet ", bdi(event.walletId), " · ",
    ...dotted([
      count(event.attempts, "attempt"),
      `published ${moment(event.publishedAt)}`,
      `failed ${moment(event.failedAt)}`,
      count(event.payloadBytes, "byte"),
    ]));
  row.querySelector(".reason").textContent = event.reason;
  const details = row.querySelector("details");
  details.hidden = event.history.length === 0;
  details.querySelector(".history").replaceChildren(...event.history.map((attempt) => {
    const line = document.createElement("p");
    const took = (Date.parse(attempt.endedAt) - Date.parse(attempt.takenAt)) / 1000;
    line.textContent = `attempt ${attempt.attempt} · ${moment(attempt.takenAt)} · ${duration(took)} · ${attempt.reason}`;
    return line;
  }));
  offer(row, ".redrive", `Redrive ${event.id}`, () => confirmed(
    "Redrive this event?",
    `${event.id} waits again, with its attempts counted anew.`,
    "Redrive",
    () => change(`api/failed/${event.sequence}/redrive`)));
  offer(row, ".discard", `Discard ${event.id}`, () => confirmed(
    "Discard this event?",
    `${event.id} does not come back.`,
    "Discard",
    () => change(`api/failed/${event.sequence}/discard`)));
  offer(row, ".show-content", `Show the payload of ${event.id}`, () => showContent(row, event.sequence));
  return row;
}

function offer(row, selector, label, action) {
  const button = row.querySelector(selector);
  button.hidden = token === null;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", action);
}

async function showContent(row, sequence) {
  try {
    const { content } = await ask(`api/failed/${sequence}/content`, { headers: authorization() });
    const shown = row.querySelector(".content");
    const attributes = Object.entries(content.attributes).map(([name, value]) => `${name} = ${value}`);
    shown.textContent = [content.payload ?? `base64 ${content.payloadBase64}`, ...attributes].join("\n");
    shown.hidden = false;
    row.querySelector("details").hidden = false;
    row.querySelector("details").open = true;
    complain("");
  } catch (failure) {
    complain(failure.message);
  }
}

let shownFailed = "";

function showFailed(events) {
  // Replaces rows only if they changed, so that a button keeps the focus.
  const shown = JSON.stringify([token !== null, events]);
  if (shown !== shownFailed) {
    shownFailed = shown;
    byId("failed-events").replaceChildren(...events.map(failedEvent));
  }
}

function showFailedActions(failed) {
  setText("failed-title", failed === 0 ? "No failed events" : `Failed events (${number.format(failed)})`);
  const those = page !== null && meant() !== "all" ? "these" : "all";
  byId("read-only").hidden = token !== null || failed === 0;
  byId("redrive-all").hidden = token === null || failed === 0;
  byId("discard-all").hidden = token === null || failed === 0;
  setText("redrive-all", `Redrive ${those}`);
  setText("discard-all", `Discard ${those}`);
  byId("browse").hidden = page !== null || failed <= (latest?.seen?.monitor.failed.length ?? 0);
  byId("find-failed").hidden = failed === 0 && page === null;
  byId("latest").hidden = page === null;
  byId("previous").hidden = page === null || page.before.length === 0;
  byId("next").hidden = page === null || page.next === null;
}

/** Describes the selected events in words. */
function meant() {
  const [by, text] = Object.entries(filter)[0] ?? [];
  return by === undefined ? "all" : `those with the ${by} ${text}`;
}

async function ask(path, options) {
  const response = await fetch(ofQueue(path), options);
  const text = await response.text();
  const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? JSON.parse(text) : { error: text };
  if (!response.ok) {
    throw new Error(answer.error ?? `The server answered ${response.status}.`);
  }
  return answer;
}

const query = (after) => new URLSearchParams({ ...filter, after });

async function openPage(after, before) {
  try {
    const { events, lookedAt, next } = await ask(`api/failed?${query(after)}`);
    page = { after, before, next };
    showFailed(events);
    byId("reasons").replaceChildren();
    const goesOn = next === null ? "" : "; Next looks further";
    setText("found", `${count(events.length, "event")} of the ${number.format(lookedAt)} looked at (${meant()})${goesOn}`);
  } catch (failure) {
    complain(failure.message);
  }
  showFailedActions(latest?.seen?.monitor.queue.failed ?? 0);
}

async function countByReason() {
  try {
    filter = {};
    const { reasons, lookedAt, next } = await ask(`api/failed/reasons?${query(0)}`);
    byId("reasons").replaceChildren(...reasons.map((group) => {
      const row = byId("reason-group").content.cloneNode(true).firstElementChild;
      row.querySelector(".count").textContent = count(group.events, "event");
      row.querySelector(".facts").textContent = `the last failed ${moment(group.lastFailedAt)}`;
      row.querySelector(".reason").textContent = group.reason;
      row.querySelector("button").addEventListener("click", () => find("reason", group.reason));
      return row;
    }));
    setText("found", `The reasons of ${number.format(lookedAt)} failed events${next === null ? "" : ", the first of them"}`);
    complain("");
  } catch (failure) {
    complain(failure.message);
  }
}

async function find(by, text) {
  filter = text === "" ? {} : { [by]: text };
  byId("find-by").value = by;
  byId("find-text").value = text;
  await openPage(0, []);
}

function complain(text) {
  byId("failed-message").textContent = text;
}

const authorization = () => ({ Authorization: `Bearer ${token}` });
const change = (path) => ask(path, { method: "POST", headers: authorization() });

/** Changes part by part, until the server says that there is no more. */
async function changeAll(what) {
  let next = 0;
  while (next !== null) {
    ({ next } = await change(`api/failed/${what}?${query(next)}`));
  }
}

function confirmed(title, text, verb, action) {
  setText("confirmation-title", title);
  setText("confirmation-text", text);
  setText("confirm", verb);
  byId("confirm").onclick = async () => {
    byId("confirmation").close();
    try {
      await action();
      complain("");
    } catch (failure) {
      complain(failure.message);
    }
    if (page !== null) {
      await openPage(page.after, page.before);
    }
  };
  byId("confirmation").showModal();
  byId("cancel").focus();
}

/** Describes how many events a change of all selected ones affects, as far as that is known. */
function concerned() {
  return meant() === "all" ? count(latest.seen.monitor.queue.failed, "event") : `All failed events, ${meant()},`;
}

byId("cancel").addEventListener("click", () => byId("confirmation").close());
byId("browse").addEventListener("click", () => find("reason", ""));
byId("find-failed").addEventListener("submit", (event) => {
  event.preventDefault();
  find(byId("find-by").value, byId("find-text").value);
});
byId("by-reason").addEventListener("click", countByReason);
byId("next").addEventListener("click", () => openPage(page.next, [...page.before, page.after]));
byId("previous").addEventListener("click", () => openPage(page.before.at(-1), page.before.slice(0, -1)));
byId("latest").addEventListener("click", () => {
  page = null;
  filter = {};
  byId("reasons").replaceChildren();
  setText("found", "");
  render();
});
byId("redrive-all").addEventListener("click", () => confirmed(
  meant() === "all" ? "Redrive all failed events?" : "Redrive these failed events?",
  `${concerned()} wait again, with their attempts counted anew.`,
  "Redrive",
  () => changeAll("redrive")));
byId("discard-all").addEventListener("click", () => confirmed(
  meant() === "all" ? "Discard all failed events?" : "Discard these failed events?",
  `${concerned()} do not come back.`,
  "Discard",
  () => changeAll("discard")));

// ---------------------------------------------------------------- the forecast

let forecastAt = -Infinity;

/** Asks for the forecast once in a while, if the queue answers; marks it as old if it cannot be read. */
async function readForecast() {
  if (!latest.live || performance.now() - forecastAt < FORECAST_MILLIS) {
    return;
  }
  forecastAt = performance.now();
  try {
    const response = await fetch(ofQueue("api/forecast", chosen === null ? {} : { manager: chosen }));
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.error ?? answer.title ?? response.statusText);
    }
    showForecast(answer);
    setText("forecast-told", `As of ${moment(answer.at)}.`);
  } catch (failure) {
    setText("forecast-told", `What is shown is old: ${failure.message}`);
  }
}

// ---------------------------------------------------------------- begin

initControls(change, (manager) => {
  chosen = manager;
  points = [];
  heardAt = null;
  forecastAt = -Infinity;
  history.replaceState(null, "", addressWith({ manager }));
  reconnect();
});
connect();
byId("to-history").href = ofQueue("history");
setInterval(showConnection, 1_000);
// A page that nobody sees needs no news.
document.addEventListener("visibilitychange", reconnect);
new ResizeObserver(() => latest?.seen && drawCharts(latest.seen.decisions)).observe(document.querySelector(".charts"));
