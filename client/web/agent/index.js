/** The agent's side: notices that somebody is at work in a browser, and says so. */

export { OndutyError } from "../client/errors.js";
export { AgentPresence } from "./presence.js";

/**
 * @typedef {import("./presence.js").PresenceOptions} PresenceOptions
 * @typedef {import("./status.js").AgentStatus} AgentStatus
 * @typedef {import("./status.js").StatusName} StatusName
 * @typedef {import("./status.js").ThenName} ThenName
 * @typedef {import("./engagement.js").Engagement} Engagement
 */
