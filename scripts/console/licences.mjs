/**
 * Writes the names, versions and licences of all packages that went into a bundle, given esbuild's metafile. Fails if the
 * text of a licence is nowhere to be found.
 */

import { readFileSync, readdirSync } from "node:fs";

const APACHE = readFileSync("LICENSE", "utf8").trim();
const { inputs } = JSON.parse(readFileSync(process.argv[2], "utf8"));

/** The folder of each package, with those of its files that are in the bundle. */
const packages = /** @type {Map<string, string[]>} */ (new Map());
for (const path of Object.keys(inputs).sort()) {
  const folder = path.match(/^node_modules\/(@[^/]+\/[^/]+|[^/]+)/)?.[0];
  if (folder) packages.set(folder, [...(packages.get(folder) ?? []), path]);
}

for (const [folder, files] of packages) {
  const { name, version, license } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  process.stdout.write(`${name} ${version} (${license})\n\n${texts(folder, license, files).join("\n\n")}\n\n${"-".repeat(72)}\n\n`);
}

/**
 * Return the texts of a package's licence: its file; if it has none, those that its expression names.
 * @param {string} folder
 * @param {string} license an SPDX expression, as `(Apache-2.0 AND BSD-3-Clause)`
 * @param {string[]} files
 */
function texts(folder, license, files) {
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file) return [readFileSync(`${folder}/${file}`, "utf8").trim()];
  return license.replace(/[()]/g, "").split(" AND ").map((each) => {
    const text = each === "Apache-2.0" ? APACHE : files.map(heading).find((comment) => comment.includes("Redistribution and use"));
    if (!text) throw new Error(`${folder} is under ${each}, whose text is neither in the package nor known here`);
    return text;
  });
}

/** Return the comment of lines at the head of a file. @param {string} path */
function heading(path) {
  const lines = readFileSync(path, "utf8").split("\n");
  const end = lines.findIndex((line) => !line.startsWith("//"));
  return lines.slice(0, end).map((line) => line.replace(/^\/\/ ?/, "")).join("\n").trim();
}
