/** Why somebody has a status, in words. */

import { Cause, Then } from "./lib.js";
import { t } from "./texts/index.js";
import { clock, roughly } from "./time.js";
import { called } from "./board/who.js";
import { isolated } from "./ui/foreign.js";
import { statusWord } from "./ui/status.js";

/** @import { Status } from "./lib.js" */

/** @typedef {{expireAt?: number, then?: Then}} End */

/**
 * Return why, as `inactive for 10 min` or `set by kim until 12:30, then Online: lunch`.
 * @param {{cause: Cause, actor: string, reason: string} & End} what
 * @param {number} [idleMs] for how long the person has been inactive, if that is known
 */
export function causeInWords({ cause, actor, reason, ...end }, idleMs) {
  const texts = t().cause;
  switch (cause) {
    case Cause.INACTIVITY:
      return idleMs === undefined ? texts.inactivity : texts.inactive(roughly(idleMs));
    case Cause.ACTIVITY:
      return texts.activity;
    case Cause.MANUAL: {
      const by = [actor ? texts.by(called(actor)) : texts.byHand, endInWords(end)].filter(Boolean).join(" ");
      return reason ? texts.withReason(by, isolated(reason)) : by;
    }
    case Cause.EXPIRY:
      return texts.expiry;
    case Cause.DISCONNECT:
      return texts.disconnect;
    default:
      return "";
  }
}

/** Return when a status ends, as `until 12:30, then Online`; nothing if it has no end. @param {End} end */
export function endInWords({ expireAt, then = Then.UNSPECIFIED }) {
  if (expireAt === undefined) return "";
  // What follows by itself is known only at the end.
  return t().cause.until(clock(expireAt, Date.now(), true), then > Then.AUTOMATIC ? thenInWords(then) : "");
}

/** Return the name of a cause, as `Inactivity`. @param {Cause} cause */
export function causeName(cause) {
  return t().cause.names[/** @type {keyof ReturnType<typeof t>["cause"]["names"]} */ (Cause[cause])] ?? "";
}

/** @param {Then} then */
export function thenInWords(then) {
  return then > Then.AUTOMATIC ? statusWord(/** @type {Status} */ (then - 1)) : t().setStatus.automatic;
}
