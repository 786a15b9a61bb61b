/** Protobuf descriptors as object literals, and whether two descriptors of a file are the same to all who use them. */

import { isDeepStrictEqual } from "node:util";

/** @import { AnyDesc, DescFile } from "@bufbuild/protobuf" */

/** What a descriptor is not built from: positions, comments, names that are free again, and what follows from the rest. */
const LEFT_OUT = new Set(["$typeName", "$unknown", "dependency", "jsonName", "reservedName", "reservedRange", "sourceCodeInfo", "syntax"]);
const LABEL_OPTIONAL = 1;

/**
 * Return a FileDescriptorProto as the literal of which client/web/schema/file_desc.js builds its descriptor.
 * @param {import("@bufbuild/protobuf/wkt").FileDescriptorProto} proto
 */
export function literalOf({ options, ...proto }) {
  return plain(proto);
}

/** Return fields without the numbers that follow from those before: they are counted up, unless a field says otherwise. @param {any[]} fields */
function numbered(fields) {
  return fields.map((each, index) => (each.number === (fields[index - 1]?.number ?? 0) + 1 ? { ...each, number: undefined } : each));
}

/** @param {any} value @returns {any} */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object") return value;
  const kept = Object.entries(value).filter(([name, each]) => {
    if (LEFT_OUT.has(name) || each === undefined || (name === "label" && each === LABEL_OPTIONAL)) return false;
    return !(Array.isArray(each) && each.length === 0);
  });
  // The name first, for those who read it.
  const named = kept.sort(([one], [other]) => Number(other === "name") - Number(one === "name"));
  return Object.fromEntries(named.map(([name, each]) => [name, plain(name === "field" ? numbered(each) : each)]));
}

const WIDTH = 120;

/** Return a literal as source text. @param {any} value @param {string} [indent] @returns {string} */
export function printed(value, indent = "") {
  if (typeof value !== "object") return JSON.stringify(value);
  const list = Array.isArray(value);
  const [open, close] = list ? ["[", "]"] : ["{", "}"];
  /** @param {string} inner */
  const parts = (inner) => Object.entries(value).map(([name, each]) => (list ? "" : `${name}: `) + printed(each, inner));
  const line = `${open} ${parts("").join(", ")} ${close}`;
  if (indent.length + line.length <= WIDTH && !line.includes("\n")) return line;
  const inner = `${indent}  `;
  return `${open}\n${parts(inner).map((part) => `${inner}${part},\n`).join("")}${indent}${close}`;
}

/**
 * Return in what two descriptors of the same file differ, as lines to read; empty if nothing does. The texts from which
 * they were built (`proto`) are not compared.
 * @param {DescFile} ours
 * @param {DescFile} theirs
 */
export function differences(ours, theirs) {
  const lines = /** @type {string[]} */ ([]);
  compare(ours, theirs, `${theirs}`, new Map(), lines);
  return lines;
}

/**
 * @param {any} ours
 * @param {any} theirs
 * @param {string} path
 * @param {Map<unknown, unknown>} seen what of theirs was compared, with which of ours
 * @param {string[]} lines
 */
function compare(ours, theirs, path, seen, lines) {
  if (typeof theirs === "function" && typeof ours === "function") {
    // toString, and the default value of a field.
    compare(ours.call(undefined), theirs.call(undefined), `${path}()`, seen, lines);
  } else if (typeof theirs !== "object" || theirs === null || typeof ours !== "object" || ours === null) {
    if (!isDeepStrictEqual(ours, theirs)) lines.push(`${path}: ${String(ours)} instead of ${String(theirs)}`);
  } else if (seen.has(theirs)) {
    if (seen.get(theirs) !== ours) lines.push(`${path}: a copy of ${String(theirs)}`);
  } else {
    seen.set(theirs, ours);
    for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
      if (name === "proto") continue;
      if (name === "toString") compare(String(ours), String(theirs), `${path}.toString()`, seen, lines);
      else compare(ours[name], theirs[name], `${path}.${name}`, seen, lines);
    }
  }
}
