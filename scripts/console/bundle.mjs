/** Bundles and minifies client/console into the folder that is named, and writes esbuild's metafile to the path after it. */

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { minify } from "terser";
import { needed } from "./needed.mjs";

const [outdir, metafile] = process.argv.slice(2);

/**
 * Takes the indentation out of the markup, which minifying leaves in as it is within template literals: htm does not see it.
 * Literals that span lines are markup throughout client/console, and elsewhere in JavaScript indentation means nothing.
 */
const indentation = {
  name: "indentation",
  setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
    onLoad({ filter: /client\/console\/.*\.js$/ }, ({ path }) => ({ contents: readFileSync(path, "utf8").replace(/\n +/g, "\n") }));
  },
};

const own = readdirSync("client/console", { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".js"))
  .map((path) => readFileSync(join("client/console", path), "utf8"))
  .join("\n");

/** A fifth of what a browser would load of the schema belongs to calls that the console does not make. */
const schema = {
  name: "schema",
  setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
    onLoad({ filter: /onduty\/v1\/status_pb\.js$/ }, ({ path }) => ({
      contents: needed(readFileSync(path, "utf8"), (method) => own.includes(`.${method}(`)),
    }));
  },
};

const result = await build({
  entryPoints: ["client/console/main.js", "client/console/css/index.css"],
  outdir,
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2023",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  metafile: true,
  plugins: [indentation, schema],
  write: false,
});

// Terser makes 4 % less of what esbuild has minified.
const options = { module: true, ecma: /** @type {const} */ (2020), compress: { passes: 3 } };
mkdirSync(outdir, { recursive: true });
for (const { path, text } of result.outputFiles) {
  writeFileSync(path, path.endsWith(".js") ? ((await minify(text, options)).code ?? "") : text);
}
writeFileSync(metafile, JSON.stringify(result.metafile));
