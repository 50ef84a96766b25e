// Line charts over time, drawn as SVG. Colors come from the style sheet, by class.

"use strict";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { top: 20, right: 10, bottom: 22, left: 38 };
/** The width in pixels that a label at the left end needs. */
const NEAR = 70;
const STEPS = [1, 2, 5, 10];

/** Possible lengths of the time axis, in seconds, and the distance between its labels. */
const SPANS = [[30, 10], [60, 20], [120, 30], [300, 60], [600, 120], [1800, 600], [3600, 900]];

function element(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

/** Returns the smallest axis with a few round steps that reaches a value: its top, and its step. */
function axis(most, lines) {
  const rough = Math.max(most, 1) / lines;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  let step = STEPS.map((each) => each * magnitude).find((each) => each >= rough * 0.999);
  step = Math.max(step, 1);
  return { step, top: Math.ceil(Math.max(most, 1) / step) * step };
}

/** Returns the length of the time axis for this many seconds. */
export function timeSpan(seconds) {
  return SPANS.find(([length]) => seconds <= length) ?? SPANS.at(-1);
}

function ago(seconds) {
  return seconds === 0 ? "now" : seconds % 60 === 0 ? `−${seconds / 60} min` : `−${seconds} s`;
}

/** Shortens large numbers to fit: 100K. */
function tick(value) {
  return value.toLocaleString("en", value < 10_000 ? {} : { notation: "compact" });
}

/** Returns a path through points; null where there is no value. A stepped path changes at once. */
function path(xs, ys, stepped) {
  let text = "";
  let previous = null;
  ys.forEach((y, i) => {
    if (y !== null) {
      const x = xs[i].toFixed(1);
      if (previous === null) {
        text += `M${x} ${y.toFixed(1)}`;
      } else if (stepped && previous !== y) {
        text += `H${x}V${y.toFixed(1)}`;
      } else {
        text += `L${x} ${y.toFixed(1)}`;
      }
    }
    previous = y;
  });
  return text;
}

/** Returns the area between points and the ground; none where there is no value. */
function area(xs, ys, ground) {
  const runs = [];
  ys.forEach((y, i) => {
    if (y !== null) {
      if (i === 0 || ys[i - 1] === null) {
        runs.push([]);
      }
      runs.at(-1).push(i);
    }
  });
  return runs.map((run) => {
    const line = path(run.map((i) => xs[i]), run.map((i) => ys[i]), false);
    return `${line}V${ground.toFixed(1)}H${xs[run[0]].toFixed(1)}Z`;
  }).join("");
}

/**
 * Draws a chart in place of what its SVG held.
 *
 * times: milliseconds, ascending. series: {values, filled, stepped}, values null where unknown.
 * marks: moments for a thin line each. unit: what the values count. label: the chart in words.
 */
export function drawChart(svg, { times, series, marks = [], unit, label }) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-label", label);
  if (width === 0 || times.length === 0) {
    svg.replaceChildren();
    return;
  }
  const last = times.at(-1);
  const [seconds, labelEvery] = timeSpan((last - times[0]) / 1000);
  const inner = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const x = (time) => MARGIN.left + inner.width * (1 - (last - time) / (seconds * 1000));

  const { step, top } = axis(Math.max(...series.flatMap(({ values }) => values.map((value) => value ?? 0))), 3);
  const y = (value) => MARGIN.top + inner.height * (1 - value / top);

  const parts = [element("text", { class: "tick", x: 4, y: 11 }, unit)];
  for (let value = 0; value <= top; value += step) {
    parts.push(element("line", { class: value === 0 ? "base" : "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }));
    parts.push(element("text", { class: "tick", x: MARGIN.left - 6, y: y(value) + 4, "text-anchor": "end" }, tick(value)));
  }
  for (let second = 0; second <= seconds; second += labelEvery) {
    const anchor = second === 0 ? "end" : second === seconds ? "start" : "middle";
    const near = second !== seconds && x(last - second * 1000) - MARGIN.left < NEAR;
    if (near) {
      continue;
    }
    parts.push(element("text", { class: "tick", x: x(last - second * 1000), y: height - 6, "text-anchor": anchor }, ago(second)));
  }
  const xs = times.map(x);
  for (const mark of marks.filter((each) => each >= last - seconds * 1000 && each <= last)) {
    parts.push(element("line", { class: "mark", x1: x(mark), x2: x(mark), y1: MARGIN.top, y2: MARGIN.top + inner.height }));
  }
  series.forEach(({ values, filled, stepped }, i) => {
    const ys = values.map((value) => (value === null ? null : y(value)));
    if (filled) {
      parts.push(element("path", { class: `area series-${i}`, d: area(xs, ys, y(0)) }));
    }
    parts.push(element("path", { class: `line series-${i}`, d: path(xs, ys, stepped) }));
  });
  svg.replaceChildren(...parts);
}
