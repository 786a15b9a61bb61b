/** Text that somebody else has chosen, within text of ours. */

/** Characters that turn the direction of what follows, with which one name can look like another. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/**
 * Return a text in which nothing turns what stands after it: such characters are shown as what they are, unknown ones.
 * @param {string} text
 */
export function tame(text) {
  return text.replace(TURNING, "\ufffd");
}

/**
 * Return a text for use within a sentence, whose direction it leaves as it is. Nothing stays nothing.
 * @param {string} text
 */
export function isolated(text) {
  return text && `\u2068${tame(text)}\u2069`;
}
