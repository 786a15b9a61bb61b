/** Leaves out of the schema in JavaScript what belongs only to calls that a program does not make. */

import { printed } from "./descriptors.mjs";

/** @typedef {{name: string, field?: {typeName?: string}[], nestedType?: Message[]}} Message */
/** @typedef {{name: string, inputType: string, outputType: string}} Method */

const LITERAL = /fileDesc\((\{\n[^]*?\n {2}\})(, \[.*\])?\);/;
const EXPORT = /\nexport const \w+ = \/\*@__PURE__\*\/\n {2}(message|enum|tsEnum)(?:Desc)?\((\w+)(?:, (\d+))?\);/g;

/**
 * Return the source of a schema with one service, without the calls that are not made, and without what only they take or answer.
 * @param {string} source as scripts/console/schema.mjs writes it
 * @param {(method: string) => boolean} isCalled asked with names as `getStatus`
 */
export function needed(source, isCalled) {
  const [, literal] = LITERAL.exec(source) ?? [];
  if (!literal) throw new Error("schema.mjs writes the schema in another way than it did, which needed.mjs has to learn");
  /** @type {{package: string, messageType: Message[], enumType: {name: string}[], service: {method: Method[]}[]}} */
  const file = new Function(`return ${literal}`)();
  const messages = new Map(file.messageType.map((each) => [`.${file.package}.${each.name}`, each]));
  const kept = new Set();
  const keep = (/** @type {string} */ type) => {
    if (kept.has(type)) return;
    kept.add(type);
    for (const { typeName } of messages.get(type)?.field ?? []) if (typeName) keep(typeName);
  };
  const [service] = file.service;
  service.method = service.method.filter(({ name }) => isCalled(name[0].toLowerCase() + name.slice(1)));
  for (const { inputType, outputType } of service.method) [inputType, outputType].forEach(keep);
  const isKept = (/** @type {{name: string}} */ { name }) => kept.has(`.${file.package}.${name}`);
  const before = { message: file.messageType, enum: file.enumType };
  file.messageType = before.message.filter(isKept);
  file.enumType = before.enum.filter(isKept);
  const after = { message: file.messageType, enum: file.enumType };
  // What is exported of the others goes; the rest are known by other numbers.
  return source
    .replace(LITERAL, (_, __, imports = "") => `fileDesc(${printed(file, "  ")}${imports});`)
    .replace(EXPORT, (text, kind, of, index) => {
      if (kind === "tsEnum") return before.enum.some((each) => `${each.name}Schema` === of && !isKept(each)) ? "" : text;
      const list = /** @type {"message" | "enum"} */ (kind);
      const place = after[list].indexOf(/** @type {any} */ (before[list][Number(index)]));
      return place < 0 ? "" : text.replace(/\d+\);$/, `${place});`);
    });
}
