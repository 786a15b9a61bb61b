/** Starts the console. */

import { html, render } from "../vendor/vendor.js";
import { askWhoIsCalling } from "./access.js";
import { App } from "./app.js";
import { begin, onBegin } from "./session.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${App} />`, root);
onBegin.ask = askWhoIsCalling;
begin();
