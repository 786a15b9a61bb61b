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

/**
 * A fifth of what a browser would load of the schema belongs to calls that a program does not make.
 * @param {string} folder where the program is
 */
function schema(folder) {
  const program = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .map((path) => readFileSync(join(folder, path), "utf8"))
    .join("\n");
  return {
    name: "schema",
    setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
      onLoad({ filter: /onduty\/v1\/status_pb\.js$/ }, ({ path }) => ({
        contents: needed(readFileSync(path, "utf8"), (method) => program.includes(`.${method}(`)),
      }));
    },
  };
}

/** @satisfies {import("esbuild").BuildOptions} */
const shared = {
  outdir,
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: "es2023",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  logLevel: "warning",
  metafile: true,
  write: false,
};
const page = await build({
  ...shared,
  entryPoints: ["client/console/main.js", "client/console/css/index.css"],
  splitting: true,
  plugins: [indentation, schema("client/console")],
});
// By itself, for only agents use it, on the page of their own status: what it shares with the rest would be split off from that.
const agent = await build({
  ...shared,
  entryPoints: { agent: "client/web/agent/element.js" },
  plugins: [schema("client/web/agent")],
});

// Terser makes 4 % less of what esbuild has minified.
const options = { module: true, ecma: /** @type {const} */ (2020), compress: { passes: 3 } };
mkdirSync(outdir, { recursive: true });
for (const { path, text } of [...page.outputFiles, ...agent.outputFiles]) {
  writeFileSync(path, path.endsWith(".js") ? ((await minify(text, options)).code ?? "") : text);
}
const inputs = { ...page.metafile.inputs, ...agent.metafile.inputs };
writeFileSync(metafile, JSON.stringify({ inputs }));
