// The kept rounds: bars of their margins, and a table. Inserts all foreign text as text, never as
// markup.

"use strict";

import { range, showForecast } from "./forecast.js";
import { ofQueue, showQueues } from "./queues.js";

const SVG = "http://www.w3.org/2000/svg";
const EVERY = 30_000;

/** The server looks for queues once somebody asks, so the page soon asks again, this many times. */
const SOON = 2_000;
const MOST_SOON = 3;

const UNKNOWN = "?";

/** The least height of a bar that stands for something. */
const LEAST = 2;

/** The greatest width of a bar, so that few rounds do not become blocks. */
const WIDEST = 32;

const byId = (id) => document.getElementById(id);

const WORDS = { MET: "met", MISSED: "missed", CANCELLED: "ended early" };

function seconds(value) {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} s`;
}

function moment(instant) {
  return new Date(instant).toLocaleString("en", { dateStyle: "medium", timeStyle: "medium" });
}

/** Returns the content of a cell; an unknown value is marked as such. */
function shown(value, text = String) {
  return value === null ? UNKNOWN : text(value);
}

function margin(round) {
  if (round.margin !== null) {
    return seconds(round.margin);
  }
  return round.left === null ? UNKNOWN : `${round.left} left`;
}

function cell(text, className) {
  const made = document.createElement("td");
  made.textContent = text;
  made.dir = "auto";
  if (className !== undefined) {
    made.className = className;
  }
  return made;
}

function row(round) {
  const made = document.createElement("tr");
  made.append(
    cell(moment(round.endedAt)),
    cell(WORDS[round.outcome], `outcome-${round.outcome}`),
    cell(margin(round), "number"),
    cell(shown(round.events), "number"),
    cell(round.forecast === null ? "–" : range(round.forecast), "number"),
    cell(shown(round.failureRate, (rate) => `${(100 * rate).toFixed(1)} %`), "number"),
    cell(shown(round.limit)),
    cell(shown(round.extraStarts), "number"),
    cell(shown(round.workers), "number"),
    cell(round.why ?? ""),
  );
  return made;
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

function scale(rounds) {
  const known = rounds.map((round) => round.margin).filter((value) => value !== null);
  return known.length === 0 ? "" : `Largest ${seconds(Math.max(...known))}, smallest ${seconds(Math.min(...known))}.`;
}

/** Draws one bar per round, oldest first: as high as its margin, or all the way down if events were left. */
function draw(rounds) {
  byId("scale").textContent = scale(rounds);
  const svg = byId("margins");
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-label", label(rounds));
  if (width === 0 || rounds.length === 0) {
    svg.replaceChildren();
    return;
  }
  const known = rounds.map((round) => round.margin ?? 0);
  const most = Math.max(...known, 1);
  const least = Math.min(...known, rounds.some((round) => round.outcome !== "MET") ? -most / 4 : 0);
  const y = (value) => (height * (most - value)) / (most - least);
  const step = Math.min(WIDEST, width / rounds.length);
  const bars = [...rounds].reverse().map((round, i) => {
    const lost = round.outcome !== "MET";
    const value = round.margin ?? (lost ? least : 0);
    const top = Math.min(y(0), y(value));
    const bar = element("rect", {
      class: round.margin === null && round.left === null ? "unknown" : lost ? "missed" : "met",
      x: (i * step).toFixed(1),
      y: top.toFixed(1),
      width: Math.max(1, step - 1).toFixed(1),
      height: Math.max(LEAST, Math.abs(y(value) - y(0))).toFixed(1),
    });
    const title = element("title", {});
    title.textContent = `${moment(round.endedAt)}: ${WORDS[round.outcome]}, ${margin(round)}`;
    bar.append(title);
    return bar;
  });
  svg.replaceChildren(...bars, element("line", { class: "ground", x1: 0, x2: width, y1: y(0), y2: y(0) }));
}

function count(rounds, outcome) {
  return rounds.filter((round) => round.outcome === outcome).length;
}

function label(rounds) {
  return `${rounds.length} rounds: ${count(rounds, "MET")} met, ${count(rounds, "MISSED")} missed, ${count(rounds, "CANCELLED")} ended early`;
}

/** The rounds that were last read; null if none were. */
let latest = null;

function show({ queue, at, rounds, unreadable, more, forecast, queues }) {
  latest = rounds;
  document.body.dataset.connection = "live";
  byId("margins-card").hidden = rounds.length === 0;
  byId("rounds-card").hidden = rounds.length === 0;
  showQueues(queues, queue);
  showForecast(forecast);
  byId("queue-name").textContent = queue;
  document.title = `History of ${queue}`;
  byId("refusal").textContent = "";
  byId("told").textContent =
    (rounds.length === 0 ? "No round is kept yet" : `${label(rounds)}${more ? ", and older ones" : ""}`) +
    (unreadable > 0 ? `; ${unreadable} records cannot be read` : "") +
    `. As of ${moment(at)}.`;
  byId("rounds").tBodies[0].replaceChildren(...rounds.map(row));
  draw(rounds);
}

let soon = 0;

async function read() {
  let wait = EVERY;
  try {
    const response = await fetch(ofQueue("api/history"));
    const answer = await response.json();
    if (!response.ok) {
      throw new Error(answer.error ?? answer.title ?? response.statusText);
    }
    show(answer);
    if (answer.queues === null && soon < MOST_SOON) {
      soon++;
      wait = SOON;
    }
  } catch (failure) {
    // Keeps what was read before, dimmed, with its time.
    document.body.dataset.connection = "stale";
    if (latest === null) {
      byId("told").textContent = "";
    }
    byId("refusal").textContent = `${latest === null ? "The history cannot be read" : "What is shown is old"}: ${failure.message}`;
  }
  setTimeout(read, wait);
}

byId("to-dashboard").href = ofQueue("./");
addEventListener("resize", () => latest !== null && draw(latest));
read();
