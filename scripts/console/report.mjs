/** Says in one line how many bytes, gzipped, a browser loads of the built console in the folder that is named. */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [root] = process.argv.slice(2);
const names = readdirSync(root);
const size = (/** @type {string} */ name) => gzipSync(readFileSync(join(root, name)), { level: 9 }).length;

/** Return a file, and what it cannot do without. @param {string} name @param {Set<string>} [found] @returns {Set<string>} */
function withImports(name, found = new Set()) {
  if (found.has(name)) return found;
  found.add(name);
  const text = readFileSync(join(root, name), "utf8");
  for (const [, imported] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+)"/g)) withImports(imported, found);
  return found;
}

const first = withImports("main.js");
const always = [...first, "index.html", "index.css", "icon.svg"];
const languages = names.filter((name) => /^\w\w-\w{8}\.js$/.test(name));
/** What is loaded once it is opened or used. */
const later = names.filter((name) => name.endsWith(".js") && !first.has(name) && !languages.includes(name));

const kib = (/** @type {string[]} */ some) => (some.reduce((sum, name) => sum + size(name), 0) / 1024).toFixed(2);
const each = (/** @type {string[]} */ some) => some.map((name) => `${name.replace(/-\w{8}(?=\.js$)/, "")} ${kib([name])}`).join(", ");
const totals = languages.map((name) => `${kib([...always, name])} KiB with ${name.slice(0, 2)}`).join(", ");
console.log(`console, gzipped: ${totals} (${each([...always, ...languages])}); when opened: ${each(later)}`);
