/** The texts of reports, in the language of the pages. They are loaded with the first page that shows any of them. */

import { effect, signal } from "../lib.js";
import { language } from "./index.js";

/** @typedef {typeof import("./reports_en.js").texts} ReportTexts */

const LOADERS = /** @type {Record<string, () => Promise<{texts: ReportTexts}>>} */ ({
  en: () => import("./reports_en.js"),
  de: () => import("./reports_de.js"),
});
const texts = signal(/** @type {ReportTexts | null} */ (null));

/** Load the texts. Nothing that shows them may be drawn before. */
export async function loadReportTexts() {
  texts.value ??= (await LOADERS[language.peek()]()).texts;
}

effect(() => {
  // If the server is away, they stay as they are.
  const code = language.value;
  if (texts.peek()) LOADERS[code]().then(({ texts: loaded }) => code === language.peek() && (texts.value = loaded), () => {});
});

/** Return the texts. Whatever calls this while it is drawn is drawn anew when the language changes. */
export function r() {
  return /** @type {ReportTexts} */ (texts.value);
}
