/** A log of activities as a request carries it: compressed, with what its first lines say about its columns. */

import { LogTimeFormat } from "../lib.js";

/** The most bytes of a log that a server unpacks. */
export const UNPACKED_MAX = 32 * 1_024 * 1_024;
/** The most that a server takes in a request, unless it is set otherwise. */
export const PACKED_MAX = 1_024 * 1_024;
const DELIMITERS = [",", ";", "\t", "|"];

/**
 * @typedef {object} Log
 * @property {string} name of the file
 * @property {Uint8Array} bytes compressed with gzip
 * @property {string[]} columns empty if they could not be told
 * @property {string[]} sample the first row
 */

/** Read a file. Returns null if it is too long for any server. @param {File} file @returns {Promise<Log | null>} */
export async function readLog(file) {
  if (file.size > UNPACKED_MAX) return null;
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isPacked = first === 0x1f && second === 0x8b;
  const packed = isPacked ? file : new Response(file.stream().pipeThrough(new CompressionStream("gzip")));
  const bytes = new Uint8Array(await packed.arrayBuffer());
  const [columns, sample] = headOf(await beginningOf(file, isPacked));
  return { name: file.name, bytes, columns, sample };
}

/** Return the columns and the first row of a text. @param {string} text */
export function headOf(text) {
  const [header = "", row = ""] = text.replace(/^\ufeff/, "").split(/\r?\n/, 2);
  const delimiter = DELIMITERS.reduce((best, each) => (header.split(each).length > header.split(best).length ? each : best));
  const [columns, sample] = [header, row].map((line) => line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1")));
  return columns.length > 1 && !header.includes("\0") ? [columns, sample] : [[], []];
}

/** Return how a time is written. @param {string | undefined} text */
export function formatOf(text = "") {
  if (/^\d{9,10}(\.\d+)?$/.test(text)) return LogTimeFormat.EPOCH_S;
  return /^\d{12,13}$/.test(text) ? LogTimeFormat.EPOCH_MS : LogTimeFormat.RFC3339;
}

/** @param {File} file @param {boolean} isPacked */
async function beginningOf(file, isPacked) {
  const stream = isPacked ? file.stream().pipeThrough(new DecompressionStream("gzip")) : file.stream();
  const reader = stream.getReader();
  try {
    return new TextDecoder().decode((await reader.read()).value);
  } catch {
    // It is the server that says what is wrong with a file.
    return "";
  } finally {
    reader.cancel().catch(() => {});
  }
}
