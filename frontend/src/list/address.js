import htmx from "../htmx.js";

/** Ask the server for the list under new parameters, and put them into the address. */
export function requestList(list, params) {
  const query = params.toString();
  const url = query ? `${location.pathname}?${query}` : location.pathname;
  return htmx.ajax("GET", url, { source: list, target: `#${list.id}`, swap: "morph:outerHTML", push: url });
}
