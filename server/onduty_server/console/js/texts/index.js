/** The texts of the console, in the language of the reader. Every text that a person sees is in a file beside this one. */

import { computed, signal } from "../../vendor/vendor.js";
import { de } from "./de.js";
import { en } from "./en.js";

/** @typedef {typeof en} Texts */

const LANGUAGE_KEY = "onduty.language";
const ALL = /** @type {Record<string, Texts>} */ ({ en, de });

/** The languages, each by its own name. */
export const LANGUAGES = /** @type {Record<string, string>} */ ({ en: "English", de: "Deutsch" });

const chosen = signal(localStorage.getItem(LANGUAGE_KEY));

/** The code of the language in use. */
export const language = computed(() => {
  const wanted = [chosen.value ?? "", ...navigator.languages];
  return wanted.map((each) => each.split("-")[0]).find((each) => each in ALL) ?? "en";
});

/** Return the texts. Whatever calls this while it is drawn is drawn anew when the language changes. */
export function t() {
  return ALL[language.value];
}

/** @param {string} code */
export function choose(code) {
  localStorage.setItem(LANGUAGE_KEY, code);
  chosen.value = code;
}

/**
 * Return a number as the language writes it.
 * @param {number} value
 */
export function number(value) {
  return value.toLocaleString(language.value);
}
