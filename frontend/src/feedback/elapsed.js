const STEPS = [
  ["minute", 60],
  ["hour", 60 * 60],
  ["day", 24 * 60 * 60],
  ["week", 7 * 24 * 60 * 60],
  ["month", 30 * 24 * 60 * 60],
  ["year", 365 * 24 * 60 * 60],
];

/** How far `at` lies from `now`, in the largest unit that gives at least one: `{amount: -3, unit: "day"}`. */
export function relative(at, now) {
  const seconds = (at - now) / 1000;
  const size = Math.abs(seconds);
  const [unit, length] = STEPS.findLast(([, step]) => size >= step) ?? ["minute", 60];
  // Without the addition half a minute ago would be minus zero.
  return { amount: Math.trunc(seconds / length) + 0, unit };
}
