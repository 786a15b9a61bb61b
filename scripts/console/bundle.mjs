/** Bundles and minifies client/console into the folder that is named, and writes esbuild's metafile to the path after it. */

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { build } from "esbuild";
import { minify } from "terser";
import { needed } from "./needed.mjs";

const [outdir, metafile] = process.argv.slice(2);

/** The module that all of the first load hangs on. */
const FRAME = resolve("client/console/app.js");

/**
 * Takes the indentation out of the markup, which minifying leaves in as it is within template literals: htm does not see it.
 * Literals that span lines are markup throughout client/console, and elsewhere in JavaScript indentation means nothing.
 *
 * Has each page that is loaded when it is opened import the frame, which is there by then. So whatever the first load needs
 * is needed by all of them alike, and esbuild puts it into one file instead of one for each set of pages that share something.
 */
const source = {
  name: "source",
  setup(/** @type {import("esbuild").PluginBuild} */ { onLoad }) {
    onLoad({ filter: /client\/console\/.*\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8").replace(/\n +/g, "\n");
      return { contents: opened.has(path) ? `import ${JSON.stringify(FRAME)};\n${contents}` : contents };
    });
  },
};

/** The paths of the modules that client/console loads by `lazy`. */
const opened = new Set(
  readdirSync("client/console", { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".js"))
    .flatMap((path) => {
      const found = readFileSync(join("client/console", path), "utf8").matchAll(/lazy\(async \(\) => \(await import\("([^"]+)"\)/g);
      return [...found].map(([, to]) => resolve("client/console", dirname(path), to));
    }),
);

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
  plugins: [source, schema("client/console")],
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
// What the program begins with is asked for along with it, and not only once it says so.
const [, frame] = /from\s*"\.\/(chunk-\w+\.js)"/.exec(readFileSync(join(outdir, "main.js"), "utf8")) ?? [];
const preload = `<link rel="modulepreload" href="${frame}">`;
const index = readFileSync("client/console/index.html", "utf8");
writeFileSync(join(outdir, "index.html"), index.replace(/( *)<script /, `$1${preload}\n$&`));
const inputs = { ...page.metafile.inputs, ...agent.metafile.inputs };
writeFileSync(metafile, JSON.stringify({ inputs }));
