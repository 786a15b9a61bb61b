/** Periods as people write them. */

const UNITS = /** @type {Record<string, number>} */ ({ s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 });

/**
 * Return a period in ms: a number is one already, and text has units, as "90s", "30m" or "1h30m".
 * @param {number | string} period
 */
export function periodMs(period) {
  if (typeof period === "number") return period;
  const parts = [...period.matchAll(/(\d+)([smhd])/g)];
  if (!parts.length || parts.map(([part]) => part).join("") !== period)
    throw new RangeError(`"${period}" is not a period; write it as 90s, 30m or 1h30m`);
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * UNITS[unit], 0);
}
