// The managers and workers beside a queue, and controls of the queue and its manager. Inserts all
// foreign text as text, never as markup.

"use strict";

const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en");

/** Returns an element for an id that keeps the direction of its letters from affecting the text around it. */
export function bdi(text, className) {
  const made = document.createElement("bdi");
  made.textContent = text;
  if (className !== undefined) {
    made.className = className;
  }
  return made;
}

/** Puts dots between texts and elements. */
export function dotted(parts) {
  return parts.flatMap((part, i) => (i === 0 ? [part] : [" · ", part]));
}

/** Returns a moment with its date, in this browser's time. */
export function moment(instant) {
  return new Date(instant).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
}

function time(instant) {
  const made = document.createElement("time");
  made.dateTime = instant;
  made.textContent = moment(instant);
  return made;
}

function span(seconds) {
  if (seconds < 10) {
    return `${seconds.toFixed(1)} s`;
  }
  if (seconds < 120) {
    return `${Math.round(seconds)} s`;
  }
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

function row(cells) {
  const made = document.createElement("tr");
  for (const { content, className, title } of cells) {
    const cell = document.createElement("td");
    cell.append(...[content].flat());
    if (className !== undefined) {
      cell.className = className;
    }
    if (title !== undefined && title !== "") {
      cell.title = title;
    }
    made.append(cell);
  }
  return made;
}

function nothing(text, columns) {
  const made = document.createElement("tr");
  const cell = document.createElement("td");
  cell.colSpan = columns;
  cell.className = "none";
  cell.textContent = text;
  made.append(cell);
  return made;
}

let shownBeside = "";

/** Shows the latest rounds and the workers; replaces rows only if they changed. */
export function showBeside(beside) {
  byId("beside").hidden = beside === null;
  const shown = JSON.stringify(beside);
  if (beside === null || shown === shownBeside) {
    return;
  }
  shownBeside = shown;
  const rounds = beside.rounds.map((round) => {
    const took = round.endedAt === null ? null : (Date.parse(round.endedAt) - Date.parse(round.startedAt)) / 1000;
    return row([
      { content: bdi(round.id, "id") },
      { content: round.verdict.headline, className: `level ${round.verdict.level}`, title: round.verdict.detail },
      { content: time(round.startedAt) },
      { content: took === null ? "–" : span(took) },
      { content: round.left === null ? "–" : number.format(round.left), className: "number" },
      { content: round.failed === null ? "–" : number.format(round.failed), className: "number" },
    ]);
  });
  byId("rounds").tBodies[0].replaceChildren(...(rounds.length ? rounds : [nothing("No manager is known", 6)]));
  const workers = beside.workers.map((worker) => row([
    { content: bdi(worker.name, "id") },
    { content: worker.slots === null ? "–" : number.format(worker.slots), className: "number" },
    { content: time(worker.seenAt) },
    { content: worker.process === null ? "–" : bdi(worker.process) },
    { content: worker.queue === null ? "–" : bdi(worker.queue) },
    { content: worker.version === null ? "–" : bdi(worker.version) },
  ]));
  byId("workers").tBodies[0].replaceChildren(...(workers.length ? workers : [nothing("No worker asked for work in the last minutes", 6)]));
}

/** Shows the managers to choose from, with the one shown selected. */
export function showChoice(beside, shown) {
  const ids = [...new Set([shown ?? "", ...(beside?.rounds ?? []).map((round) => round.id)])];
  byId("choice").hidden = ids.length < 2;
  const select = byId("manager");
  if ([...select.options].map((option) => option.value).join("\n") !== ids.join("\n")) {
    select.replaceChildren(...ids.map((id) => new Option(id === "" ? "none" : id, id)));
  }
  if (document.activeElement !== select) {
    select.value = shown ?? "";
  }
}

let state = { paused: false, limit: "", manager: null, running: false, workers: null };
let change = null;

/** Shows what can be done now. */
export function showControls(canChange, now) {
  state = now;
  byId("controls").hidden = !canChange;
  byId("pause").hidden = state.paused;
  byId("resume").hidden = !state.paused;
  byId("change-workers").hidden = !state.running;
  byId("stop-manager").hidden = !state.running;
}

/** Returns a field of a question: name, label, value. */
function field({ name, label, value, type }) {
  const made = document.createElement("label");
  const input = document.createElement("input");
  input.name = name;
  input.value = value;
  input.type = type;
  input.required = true;
  input.autocomplete = "off";
  made.append(label, input);
  return made;
}

function question(title, text, verb, fields, path) {
  byId("control-title").textContent = title;
  byId("control-text").replaceChildren(...[text].flat());
  byId("control-confirm").textContent = verb;
  byId("control-fields").replaceChildren(...fields.map(field));
  byId("control-refusal").textContent = "";
  byId("control-form").onsubmit = async (event) => {
    event.preventDefault();
    try {
      const { told } = await change(path(new FormData(byId("control-form"))));
      byId("control").close();
      byId("controls-told").textContent = told;
    } catch (failure) {
      byId("control-refusal").textContent = failure.message;
    }
  };
  byId("control").showModal();
  (byId("control-fields").querySelector("input") ?? byId("control-cancel")).focus();
}

const parameters = (entries) => new URLSearchParams(entries);

/**
 * Lets the buttons do what they say.
 *
 * post: asks the server for a change, with the token. choose: is told which manager to show.
 */
export function initControls(post, choose) {
  change = post;
  byId("control-cancel").addEventListener("click", () => byId("control").close());
  byId("manager").addEventListener("change", () => choose(byId("manager").value));
  byId("pause").addEventListener("click", () => question(
    "Pause the queue?", "Nothing is started by anybody until it is resumed; what is in hand may be finished.",
    "Pause", [], () => "api/queue/pause"));
  byId("resume").addEventListener("click", () => question(
    "Resume the queue?", `Starts resume, at ${state.limit}.`,
    "Resume", [], () => "api/queue/resume"));
  byId("change-limit").addEventListener("click", () => question(
    "Change the limit?", "It holds for every process from the next start on. Starts already made count against it.",
    "Change", [{ name: "rate", label: "Limit, like 20/m", value: state.limit, type: "text" }],
    (form) => `api/queue/limit?${parameters({ rate: form.get("rate") })}`));
  byId("change-workers").addEventListener("click", () => question(
    "Change the number of workers?", ["Manager ", bdi(state.manager), " may then have so many at once."],
    "Change", [
      { name: "min", label: "At least", value: state.workers.min, type: "number" },
      { name: "max", label: "At most", value: state.workers.max, type: "number" },
    ],
    (form) => `api/manager/workers?${parameters({ manager: state.manager, min: form.get("min"), max: form.get("max") })}`));
  byId("stop-manager").addEventListener("click", () => question(
    "Stop the manager?", ["Manager ", bdi(state.manager), " ends; events in hand may be finished, the others stay in the queue."],
    "Stop", [], () => `api/manager/stop?${parameters({ manager: state.manager })}`));
}
