/** Why somebody has a status, in words. */

import { Cause } from "./lib.js";
import { t } from "./texts/index.js";
import { roughly } from "./time.js";
import { isolated } from "./ui/foreign.js";

/**
 * Return why, as `inactive for 10 min` or `set by kim: lunch`.
 * @param {{cause: Cause, actor: string, reason: string}} what
 * @param {number} [idleMs] for how long the person has been inactive, if that is known
 */
export function causeInWords({ cause, actor, reason }, idleMs) {
  const texts = t().cause;
  switch (cause) {
    case Cause.INACTIVITY:
      return idleMs === undefined ? texts.inactivity : texts.inactive(roughly(idleMs));
    case Cause.ACTIVITY:
      return texts.activity;
    case Cause.MANUAL: {
      const by = actor ? texts.by(isolated(actor)) : texts.byHand;
      return reason ? texts.withReason(by, isolated(reason)) : by;
    }
    default:
      return "";
  }
}
