// The state of a list is its address: filters, order, view and columns are all query parameters.
/** Replace the parameters of the given fields; the place in the pages is forgotten with the old filter. */
export function withFilters(search, fieldNames, rules) {
  const params = new URLSearchParams(search);
  for (const key of [...params.keys()]) {
    if (fieldNames.includes(key.replace(/\[\w+\]$/, ""))) params.delete(key);
  }
  params.delete("cursor");
  for (const { field, operator, value } of rules) {
    params.append(operator === "eq" ? field : `${field}[${operator}]`, value);
  }
  return params;
}

/** The rules an address carries for the given fields: `[{field, operator, value}]`. */
export function filtersOf(search, fieldNames) {
  const rules = [];
  for (const [key, value] of new URLSearchParams(search)) {
    const [, field, operator = "eq"] = /^([\w.]+?)(?:\[(\w+)\])?$/.exec(key) ?? [];
    if (fieldNames.includes(field)) rules.push({ field, operator, value });
  }
  return rules;
}

/** The same address with one parameter changed (an empty value removes it), from the first page on. */
export function withParameter(search, name, value) {
  const params = new URLSearchParams(search);
  params.delete("cursor");
  if (value) params.set(name, value);
  else params.delete(name);
  return params;
}
