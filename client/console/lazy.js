/** Parts of the console that a browser loads once they are opened. */

import { html, signal, useEffect } from "./lib.js";
import { t } from "./texts/index.js";
import { Loading, Notice } from "./ui/parts.js";

/**
 * Return a component that is loaded when it is first drawn.
 * @template {object} Props
 * @param {() => Promise<(props: Props) => any>} load
 */
export function lazy(load) {
  const component = signal(/** @type {((props: Props) => any) | null} */ (null));
  const isFailed = signal(false);
  const fetch = async () => {
    isFailed.value = false;
    try {
      component.value = await load();
    } catch {
      // The server is away, or has another version of the pages by now.
      isFailed.value = true;
    }
  };
  return (/** @type {Props} */ props) => {
    useEffect(() => {
      if (!component.peek()) fetch();
    }, []);
    if (component.value) return html`<${component.value} ...${props} />`;
    if (!isFailed.value) return html`<${Loading} />`;
    const retry = html`<button type="button" onClick=${fetch}>${t().common.retry}</button>`;
    return html`<${Notice} kind="error" actions=${retry}>${t().errors.notLoaded}<//>`;
  };
}
