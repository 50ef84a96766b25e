// The queue that this page shows, and the others to choose from. Inserts all foreign text as text,
// never as markup.

"use strict";

const byId = (id) => document.getElementById(id);

/** The queue that the address names in place of the one that the server watches, or null. */
const chosen = new URLSearchParams(location.search).get("queue");

/** Returns the address of a request to the server for the queue that this page shows. */
export function ofQueue(path, parameters = {}) {
  const all = new URLSearchParams({ ...parameters, ...(chosen === null ? {} : { queue: chosen }) });
  return String(all) === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${all}`;
}

/** Returns the address of this page with other parameters for the same queue. */
export const addressWith = (parameters) => ofQueue("", parameters);

/** Shows the queues to choose from, with the one shown selected. */
export function showQueues(queues, shown) {
  const names = [...new Set([shown, ...(queues?.names ?? [])])].sort();
  byId("queue-choice").hidden = names.length < 2;
  byId("more-queues").hidden = queues === null || queues.complete;
  const select = byId("queue");
  if ([...select.options].map((option) => option.value).join("\n") !== names.join("\n")) {
    select.replaceChildren(...names.map((name) => Object.assign(new Option(name, name), { dir: "auto" })));
    select.value = shown;
  }
  if (document.activeElement !== select) {
    select.value = shown;
  }
}

// Reloads the page, so that nothing of one queue is ever shown, or done, under the name of another.
byId("queue").addEventListener("change", () => {
  location.assign(`?${new URLSearchParams({ queue: byId("queue").value })}`);
});
