/** Starts the console. */

import { html, render } from "../vendor/vendor.js";
import { App } from "./app.js";
import { begin } from "./session.js";

const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${App} />`, root);
begin();
