/** The demo page. In the package, `../dist/element.js` is the element with everything that it needs. */

const form = /** @type {HTMLFormElement} */ (document.querySelector("form"));
const list = /** @type {HTMLElement} */ (document.querySelector("ol"));

/** @param {string} text */
function say(text) {
  const item = document.createElement("li");
  item.textContent = `${new Date().toLocaleTimeString()}  ${text}`;
  list.prepend(item);
  while (list.children.length > 50) list.lastChild?.remove();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const given = new FormData(form);
  // @ts-ignore: made when the package is packed.
  await import("../dist/element.js");
  const element = /** @type {import("../agent/element.js").OndutyStatus} */ (document.createElement("onduty-status"));
  element.setAttribute("base-url", String(given.get("base")));
  element.setAttribute("account-id", String(given.get("account")));
  element.setAttribute("user-id", String(given.get("user")));
  element.token = () => String(given.get("token")) || undefined;
  document.querySelector("main")?.replaceChildren(element);
  element.presence?.addEventListener("status", (/** @type {any} */ { detail }) => {
    const next = detail.next ? `, ${detail.next.status} at ${detail.next.at.toLocaleTimeString()} (${detail.next.cause})` : "";
    say(`${detail.status} by ${detail.cause}${next}`);
  });
  element.presence?.addEventListener("problem", (/** @type {any} */ { detail }) => say(`${detail.code}: ${detail.message}`));
});
