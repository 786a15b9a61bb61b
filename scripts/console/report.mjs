/** Says in one line how many bytes, gzipped, a browser loads of the built console in the folder that is named. */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const [root] = process.argv.slice(2);
/** The bytes of each file, by its name without the hash. */
const sizes = new Map(
  readdirSync(root)
    .filter((name) => name !== "LICENCES.txt")
    .map((name) => [name.replace(/-\w{8}(?=\.js$)/, ""), gzipSync(readFileSync(join(root, name)), { level: 9 }).length]),
);
const languages = [...sizes.keys()].filter((name) => /^\w\w\.js$/.test(name));
/** The protocol of signing in at an OpenID Connect provider, and what agents load on the page of their own status. */
const optional = ["oidc.js", "agent.js"];
const always = [...sizes.keys()].filter((name) => !languages.includes(name) && !optional.includes(name));

const kib = (/** @type {string[]} */ names) => (names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0) / 1024).toFixed(2);
const each = (/** @type {string[]} */ names) => names.map((name) => `${name} ${kib([name])}`).join(", ");
const totals = languages.map((name) => `${kib([...always, name])} KiB with ${name}`).join(", ");
console.log(`console, gzipped: ${totals} (${each([...always, ...languages])}); when used: ${each(optional)}`);
