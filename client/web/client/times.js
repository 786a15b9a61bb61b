/** Times and periods of the contract as milliseconds, and back. */

import { create } from "@bufbuild/protobuf";
import { DurationSchema } from "../gen/google/protobuf/duration_pb.js";
import { TimestampSchema } from "../gen/google/protobuf/timestamp_pb.js";

/** @typedef {import("@bufbuild/protobuf/wkt").Timestamp} Timestamp */
/** @typedef {import("@bufbuild/protobuf/wkt").Duration} Duration */

/**
 * Return a time in ms UTC, or a period in ms; undefined if it is unset.
 * @param {Timestamp | Duration | undefined} value
 * @returns {number | undefined}
 */
export function millisecondsOf(value) {
  return value && Number(value.seconds) * 1000 + Math.round(value.nanos / 1e6);
}

/**
 * Return a time as a Date; undefined if it is unset.
 * @param {Timestamp | undefined} value
 * @returns {Date | undefined}
 */
export function dateOf(value) {
  return value && new Date(/** @type {number} */ (millisecondsOf(value)));
}

/**
 * Return ms UTC as a time of the contract.
 * @param {number} ms
 * @returns {Timestamp}
 */
export function timestampOf(ms) {
  return create(TimestampSchema, parts(ms));
}

/**
 * Return ms as a period of the contract.
 * @param {number} ms
 * @returns {Duration}
 */
export function durationOf(ms) {
  return create(DurationSchema, parts(ms));
}

/** @param {number} ms */
function parts(ms) {
  const seconds = Math.floor(ms / 1000);
  return { seconds: BigInt(seconds), nanos: Math.round(ms - seconds * 1000) * 1_000_000 };
}
