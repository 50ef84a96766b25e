// The forecast of a queue's rounds, in the server's words. Inserts all foreign text as text, never
// as markup.

"use strict";

const byId = (id) => document.getElementById(id);

/** Shows the facts under their labels. */
export function showForecast({ facts }) {
  byId("forecast").hidden = false;
  byId("forecast-facts").replaceChildren(...facts.flatMap(({ label, text }) => {
    const term = document.createElement("dt");
    term.textContent = label;
    const value = document.createElement("dd");
    value.textContent = text;
    return [term, value];
  }));
}

/** Returns, for example, 108 (96 to 121). */
export function range({ mean, low, high }) {
  const bounds = low === null || high === null ? "" : ` (${Math.round(low)} to ${Math.round(high)})`;
  return `${Math.round(mean)}${bounds}`;
}
