/** Starts the console. */

import { askWhoIsCalling } from "./access.js";
import { App } from "./app.js";
import { html, render } from "./lib.js";
import { begin, onBegin } from "./session.js";
import { loadTexts } from "./texts/index.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
await loadTexts();
root.replaceChildren();
render(html`<${App} />`, root);
onBegin.ask = askWhoIsCalling;
begin();
