import assert from "node:assert/strict";
import { test } from "node:test";
import { relative } from "../src/feedback/elapsed.js";

const now = new Date("2026-11-22T12:00:00Z");
const at = (text) => relative(new Date(text), now);

test("a moment is told in its largest whole unit", () => {
  assert.deepEqual(at("2026-11-22T11:59:30Z"), { amount: 0, unit: "minute" });
  assert.deepEqual(at("2026-11-22T09:10:00Z"), { amount: -2, unit: "hour" });
  assert.deepEqual(at("2026-11-19T12:00:00Z"), { amount: -3, unit: "day" });
  assert.deepEqual(at("2026-12-10T12:00:00Z"), { amount: 2, unit: "week" });
  assert.deepEqual(at("2025-10-22T12:00:00Z"), { amount: -1, unit: "year" });
});
