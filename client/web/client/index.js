/** The client of onduty: every method of the service over the Connect protocol, in binary, for browsers and Node. */

export { createClient } from "./calls.js";
export { OndutyError } from "./errors.js";
export { dateOf, durationOf, millisecondsOf, timestampOf } from "./times.js";
export * from "../gen/onduty/v1/status_pb.js";
