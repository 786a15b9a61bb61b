/** Fails if the agent's part of the npm package, without the client that it shares with others, is larger than its budget. */

import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const BUDGET = 8_000;

const { outputFiles } = await build({
  entryPoints: ["client/web/agent/element.js"],
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  external: ["*/client/index.js", "*/client/errors.js"],
  write: false,
});
const size = gzipSync(outputFiles[0].contents, { level: 9 }).length;
console.log(`the agent's part of the npm package, with its element: ${size} bytes gzipped, of ${BUDGET}`);
if (size > BUDGET) process.exit(1);
