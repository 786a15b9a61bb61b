// The page of tests/agent/desk.py: a presence, what it has said, and a way to wait until its calls are answered.
import { AgentPresence } from "../../client/web/agent/index.js";
import "../../client/web/agent/element.js";

const options = new URLSearchParams(location.search);
const said = { status: [], warning: [], problem: [] };
const running = new Set();
const tokens = [];
const pages = [];

/** @type {typeof fetch} */
const counted = (url, init) => {
  const call = fetch(url, init);
  const body = call.then((response) => response.clone().arrayBuffer());
  running.add(body);
  body.catch(() => {}).finally(() => running.delete(body));
  return call;
};

const presence = new AgentPresence({
  baseUrl: "",
  accountId: "acme",
  userId: options.get("user"),
  fetch: counted,
  token: async (how) => {
    tokens.push(how.wasRefused);
    return options.has("token") ? `${options.get("token")}-${tokens.filter(Boolean).length}` : undefined;
  },
});
for (const kind of Object.keys(said))
  presence.addEventListener(kind, ({ detail }) => said[kind].push(kind === "problem" ? detail.code : JSON.parse(JSON.stringify(detail))));

// Between the answer and what is made of it there are a few turns of the event loop, which only messages can wait for: timers stand still.
const turn = () => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => { port1.close(); resolve(); };
  port2.postMessage(null);
});
async function settled() {
  for (let quiet = 0; quiet < 6; quiet++) {
    if (running.size) {
      await Promise.allSettled([...running]);
      quiet = 0;
    }
    await turn();
  }
}

for (const kind of ["pagehide", "pageshow"]) addEventListener(kind, (event) => pages.push(`${kind} ${event.persisted}`));
document.documentElement.lang = options.get("lang") ?? "en";
if (options.has("element")) {
  const element = document.createElement("onduty-status");
  element.presence = presence;
  document.querySelector("main").append(element);
}
globalThis.desk = { presence, said, settled, tokens, pages };
