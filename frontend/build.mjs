// Bundles the page assets: node build.mjs --out DIR
import esbuild from "esbuild";
import fs from "node:fs/promises";
import path from "node:path";
import { brotliCompress, constants, gzip } from "node:zlib";
import { promisify } from "node:util";

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const out = path.resolve(optionValue("--out"));
// Below this size a compressed copy saves less than its own headers cost.
const COMPRESS_FROM_BYTES = 1024;

await fs.rm(out, { recursive: true, force: true });
const built = await esbuild.build({
  absWorkingDir: here,
  entryPoints: { app: "src/app.js", pieces: "src/pieces.js" },
  outdir: out,
  bundle: true,
  format: "esm",
  splitting: true,
  minify: true,
  metafile: true,
  target: ["es2022", "chrome123", "firefox125", "safari17.5"],
  entryNames: "[name]-[hash]",
  chunkNames: "c/[name]-[hash]",
  assetNames: "a/[name]-[hash]",
  loader: { ".woff2": "file", ".svg": "file", ".shadow.css": "text" },
  legalComments: "linked",
  logLevel: "warning",
});

await writeJson("manifest.json", manifest(built.metafile));
await writeJson("icons.json", await icons());
await Promise.all(Object.keys(built.metafile.outputs).map((name) => compress(path.resolve(here, name))));

function optionValue(name) {
  const at = process.argv.indexOf(name);
  if (at < 0 || !process.argv[at + 1]) {
    console.error(`usage: node build.mjs ${name} DIR`);
    process.exit(2);
  }
  return process.argv[at + 1];
}

/** Logical name to hashed file, relative to the output folder: {"app.js": "app-ABC.js", ...}. */
function manifest(metafile) {
  const names = {};
  for (const [file, meta] of Object.entries(metafile.outputs)) {
    if (!meta.entryPoint || !meta.entryPoint.startsWith("src/")) continue;
    const name = path.basename(meta.entryPoint, ".js");
    names[`${name}.js`] = relative(file);
    if (meta.cssBundle) names[`${name}.css`] = relative(meta.cssBundle);
  }
  return names;
}

function relative(file) {
  return path.relative(out, path.resolve(here, file)).split(path.sep).join("/");
}

/** Name to the inner markup of every outline icon, for the server to inline. */
async function icons() {
  const source = path.join(here, "node_modules/@tabler/icons/tabler-nodes-outline.json");
  const nodes = JSON.parse(await fs.readFile(source, "utf8"));
  const markup = ([tag, attributes]) =>
    `<${tag}${Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`).join("")}/>`;
  return Object.fromEntries(Object.entries(nodes).map(([name, shapes]) => [name, shapes.map(markup).join("")]));
}

async function writeJson(name, value) {
  await fs.writeFile(path.join(out, name), JSON.stringify(value));
}

async function compress(file) {
  if (!/\.(js|css|svg)$/.test(file)) return;
  const source = await fs.readFile(file);
  if (source.length < COMPRESS_FROM_BYTES) return;
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const [small, fallback] = await Promise.all([
    promisify(brotliCompress)(source, quality),
    promisify(gzip)(source, { level: 9 }),
  ]);
  await Promise.all([fs.writeFile(`${file}.br`, small), fs.writeFile(`${file}.gz`, fallback)]);
}
