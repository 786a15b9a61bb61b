/**
 * Rewrites what protoc-gen-es made, in the folder that is named: each file's descriptor becomes an object literal instead
 * of base64, and the types of Google come from the folder instead of the library. The types (.d.ts) stay as they are.
 *
 * Fails if the literal would not give the very descriptors that the library makes of the base64.
 */

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileDesc as fileDescOfLibrary } from "@bufbuild/protobuf/codegenv2";
import { fileDesc } from "../../client/web/schema/file_desc.js";
import { differences, literalOf, printed } from "./descriptors.mjs";

/** @import { DescFile } from "@bufbuild/protobuf" */

const CALL = /fileDesc\("([^"]*)"(?:, \[([^\]]*)\])?\)/;
const LIBRARY = /import \{([^}]*)\bfileDesc\b,? ?([^}]*)\} from "@bufbuild\/protobuf\/codegenv2";/;
const GOOGLE = /import \{([^}]*)\} from "@bufbuild\/protobuf\/wkt";/;

const root = process.argv[2];
const sources = new Map(
  readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith("_pb.js"))
    .map((path) => [variableOf(path), { path, text: readFileSync(join(root, path), "utf8") }]),
);
/** The descriptors of each file, ours and the library's. @type {Map<string, { ours: DescFile, theirs: DescFile }>} */
const described = new Map();

for (const [variable, { path, text }] of sources) {
  const { ours } = describe(variable);
  const own = `import { fileDesc } from "${from(path, join("..", "schema", "file_desc.js"))}";`;
  const rewritten = text
    .replace(LIBRARY, (_, before, after) => `import {${before}${after}} from "@bufbuild/protobuf/codegenv2";\n${own}`)
    .replace(GOOGLE, (_, names) => names.split(",").map((/** @type {string} */ name) => importOf(name.trim(), path)).join("\n"))
    .replace(CALL, (_, base64, imports) => `fileDesc(${printed(ours.proto, "  ")}${imports ? `, [${imports}]` : ""})`);
  writeFileSync(join(root, path), rewritten);
}

/**
 * Return the descriptors of a file, after those that it imports.
 * @param {string} variable as `file_onduty_v1_status`
 * @returns {{ ours: DescFile, theirs: DescFile }}
 */
function describe(variable) {
  const done = described.get(variable);
  if (done) return done;
  const source = sources.get(variable);
  const [call, base64, names = ""] = source?.text.match(CALL) ?? [];
  if (!source || !call || !LIBRARY.test(source.text)) {
    throw new Error(`${variable}: protoc-gen-es writes descriptors in another way than it did, which schema.mjs has to learn`);
  }
  const imports = names.split(/, ?/).filter(Boolean).map(describe);
  const theirs = fileDescOfLibrary(base64, imports.map((each) => each.theirs));
  const ours = fileDesc(literalOf(theirs.proto), imports.map((each) => each.ours));
  const lines = differences(ours, theirs);
  if (lines.length) {
    throw new Error(`${source.path} needs what client/web/schema/file_desc.js does not build:\n${lines.join("\n")}`);
  }
  described.set(variable, { ours, theirs });
  return { ours, theirs };
}

/** Return the variable of a file's descriptor. @param {string} path as `onduty/v1/status_pb.js` */
function variableOf(path) {
  return `file_${path.replace(/_pb\.js$/, "").split(sep).join("_")}`;
}

/** @param {string} variable @param {string} path the file that imports it */
function importOf(variable, path) {
  const source = sources.get(variable);
  if (!source) throw new Error(`${path} imports ${variable}, which was not generated`);
  return `import { ${variable} } from "${from(path, source.path)}";`;
}

/** @param {string} path @param {string} target both from the root @returns {string} */
function from(path, target) {
  const found = relative(dirname(path), target).split(sep).join("/");
  return found.startsWith(".") ? found : `./${found}`;
}
