/** The words of the element, in English and German. A page may give its own, by the element's property `texts`. */

/** @typedef {typeof en} Texts */

const en = {
  ONLINE: "Online",
  AWAY: "Away",
  OFFLINE: "Offline",
  unknown: "Connecting…",
  unreachable: "Not connected. Last known:",
  label: "My status",
  change: "Change my status",
  reason: "Reason",
  lasts: "For how long",
  noEnd: "Until I change it",
  set: "Set",
  cancel: "Cancel",
  /** @param {string} time */
  until: (time) => `until ${time}`,
  /** @param {string} status @param {string} left */
  soon: (status, left) => `You will be ${status} in ${left}`,
  here: "I’m here",
  /** @param {string} why */
  failed: (why) => `Your status was not set: ${why}`,
  INACTIVITY: "because of inactivity",
  DISCONNECT: "because the connection was lost",
  EXPIRY: "because the time that was set is over",
};

/** @type {Texts} */
const de = {
  ONLINE: "Online",
  AWAY: "Abwesend",
  OFFLINE: "Offline",
  unknown: "Verbindung wird aufgebaut …",
  unreachable: "Keine Verbindung. Zuletzt bekannt:",
  label: "Mein Status",
  change: "Meinen Status ändern",
  reason: "Grund",
  lasts: "Wie lange",
  noEnd: "Bis ich ihn ändere",
  set: "Setzen",
  cancel: "Abbrechen",
  until: (time) => `bis ${time}`,
  soon: (status, left) => `In ${left} wird Ihr Status „${status}“`,
  here: "Ich bin da",
  failed: (why) => `Ihr Status wurde nicht gesetzt: ${why}`,
  INACTIVITY: "wegen Inaktivität",
  DISCONNECT: "weil die Verbindung verloren ging",
  EXPIRY: "weil die gesetzte Zeit vorüber ist",
};

/**
 * Return the words of a language, as "de-AT"; English if there are none.
 * @param {string} language
 */
export function textsOf(language) {
  return language.toLowerCase().startsWith("de") ? de : en;
}
