import assert from "node:assert/strict";
import { test } from "node:test";
import { filtersOf, withFilters, withParameter } from "../src/list/query.js";

const FIELDS = ["stage", "amount"];

test("a new filter replaces the old one and keeps search, order and view", () => {
  const rules = [
    { field: "stage", operator: "eq", value: "试驾" },
    { field: "amount", operator: "gte", value: "200000" },
  ];
  const params = withFilters("?q=王&sort=-name&stage[in]=a,b&amount=5&cursor=xyz", FIELDS, rules);
  assert.deepEqual([...params], [["q", "王"], ["sort", "-name"], ["stage", "试驾"], ["amount[gte]", "200000"]]);
});

test("an address gives back the rules that made it", () => {
  const rules = [
    { field: "stage", operator: "in", value: "a,b" },
    { field: "amount", operator: "eq", value: "5" },
  ];
  assert.deepEqual(filtersOf(`?view=3&${withFilters("", FIELDS, rules)}`, FIELDS), rules);
});

test("searching starts from the first page again, and an empty search leaves the address", () => {
  assert.equal(withParameter("?view=3&cursor=xyz", "q", "8K392").toString(), "view=3&q=8K392");
  assert.equal(withParameter("?view=3&q=8K392", "q", "").toString(), "view=3");
});
