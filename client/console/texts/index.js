/** The texts of the console, in the language of the reader. Every text that a person sees is in a file beside this one. */

import { signal } from "../lib.js";
import { browserStorage } from "../storage.js";

/** @typedef {typeof import("./en.js").texts} Texts */

const LANGUAGE_KEY = "onduty.language";
const LOADERS = /** @type {Record<string, () => Promise<{texts: Texts}>>} */ ({
  en: () => import("./en.js"),
  de: () => import("./de.js"),
});

/** The languages, each by its own name. */
export const LANGUAGES = /** @type {Record<string, string>} */ ({ en: "English", de: "Deutsch" });

/** The code of the language in use. */
export const language = signal("en");

const texts = signal(/** @type {Texts | undefined} */ (undefined));

/** Load the language that was chosen before, else the first of the browser's that there is. Nothing can be shown before. */
export function loadTexts() {
  const wanted = [browserStorage.get(LANGUAGE_KEY) ?? "", ...navigator.languages];
  return load(wanted.map((each) => each.split("-")[0]).find((each) => each in LOADERS) ?? "en");
}

/** Return the texts. Whatever calls this while it is drawn is drawn anew when the language changes. */
export function t() {
  return /** @type {Texts} */ (texts.value);
}

/**
 * Change the language. It stays as it is if its texts cannot be loaded, because the server is away.
 * @param {string} code
 */
export async function choose(code) {
  try {
    await load(code);
  } catch {
    return;
  }
  browserStorage.set(LANGUAGE_KEY, code);
}

/**
 * Return a number as the language writes it.
 * @param {number} value
 */
export function number(value) {
  return value.toLocaleString(language.value);
}

/** @param {string} code */
async function load(code) {
  texts.value = (await LOADERS[code]()).texts;
  language.value = code;
}
