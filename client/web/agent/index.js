/** The agent's side: notices that somebody is at work in a browser, and says so. */

export { OndutyError } from "../client/errors.js";
export { AgentPresence } from "./presence.js";
