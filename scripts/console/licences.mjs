/** Writes the names, versions and licences of all packages that went into a bundle, given esbuild's metafile. */

import { readFileSync, readdirSync } from "node:fs";

const { inputs } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const folders = new Set();
for (const path of Object.keys(inputs)) {
  const found = path.match(/^node_modules\/(@[^/]+\/[^/]+|[^/]+)/);
  if (found) folders.add(found[0]);
}
for (const folder of [...folders].sort()) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text = file ? readFileSync(`${folder}/${file}`, "utf8").trim() : `See ${license}.`;
  process.stdout.write(`${name} ${version} (${license})\n\n${text}\n\n${"-".repeat(72)}\n\n`);
}
