import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { test } from "node:test";

const root = path.resolve(import.meta.dirname, "..");
const template = path.join(root, "../crm_kernel/ui/templates/crm/parts/texts.html");
const offered = new Set([...fs.readFileSync(template, "utf8").matchAll(/"([a-z.]+)": _\(/g)].map(([, key]) => key));

function scripts(folder) {
  return fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js")).map((name) => path.join(folder, name));
}

const source = scripts(path.join(root, "src")).map((file) => fs.readFileSync(file, "utf8")).join("\n");

test("every word a script shows is offered by the server", () => {
  const used = [...source.matchAll(/\bt\("([\w.]+)"/g)].map(([, key]) => key);
  assert.ok(used.length > 20);
  assert.deepEqual(used.filter((key) => !offered.has(key)), []);
});

test("the server offers no word that no script shows", () => {
  const idle = [...offered].filter((key) => !source.includes(`"${key}"`) && !key.startsWith("op."));
  assert.deepEqual(idle, []);
});
