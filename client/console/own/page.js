/** The page of somebody who may see their own status only, and perhaps set it. */

import { OndutyError, html, useEffect, useRef, useSignal } from "../lib.js";
import { may } from "../access.js";
import { learn, people, version } from "../board/live.js";
import { Facts, Heading, Past } from "../person/page.js";
import { SetStatusDialog } from "../board/set_status.js";
import { inWords } from "../problems.js";
import { account, client, credential, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { Empty, Loading, Notice } from "../ui/parts.js";
import { StatusLabel } from "../ui/status.js";

/** No watch is open to them, since it tells of settings too. */
const READ_AGAIN_MS = 4_000;

/** The element of the npm package for agents, which the build puts beside this program. */
const AGENT = "./agent.js";

/**
 * Shows the status of somebody who may say that they are at work, has them set it, and notices that they are there.
 * @param {{id: string}} props
 */
function AtWork({ id }) {
  const place = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    const element = /** @type {import("../../web/agent/element.js").OndutyStatus} */ (document.createElement("onduty-status"));
    element.setAttribute("account-id", account.peek());
    element.setAttribute("user-id", id);
    element.token = () => credential() ?? undefined;
    let isGone = false;
    // Where it cannot be loaded, the button beside it still sets the status.
    import(AGENT).then(() => isGone || place.current?.append(element)).catch(() => {});
    return () => {
      isGone = true;
      element.remove();
    };
  }, [id]);
  return html`<div ref=${place}></div>`;
}

/** @param {{id: string}} props */
export function OwnPage({ id }) {
  const texts = t();
  const isSetting = useSignal(false);
  const isUnseen = useSignal(false);
  const problem = useSignal("");
  void version.value;
  const person = people.all.get(id);
  useEffect(() => {
    const read = async () => {
      if (document.hidden) return;
      try {
        const { userStatus } = await client.getStatus({ accountId: account.peek(), userId: id });
        if (userStatus) learn([userStatus]);
        problem.value = "";
        isUnseen.value = false;
      } catch (error) {
        if (!(error instanceof OndutyError)) throw error;
        if (endedBy(error)) return;
        isUnseen.value = error.code === "not_found";
        // Nobody else is known here, and they may have been erased.
        if (isUnseen.value) people.clear();
        problem.value = isUnseen.value ? "" : inWords(error);
      }
    };
    read();
    const timer = setInterval(read, READ_AGAIN_MS);
    document.addEventListener("visibilitychange", read);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [id]);
  const isAgent = may("activity.write", id) && may("status.write", id);
  const button =
    may("status.write", id) &&
    html`<button type="button" onClick=${() => (isSetting.value = true)}>${texts.board.setSelected}</button>`;
  return html`${problem.value && html`<${Notice} kind="error">${problem.value}<//>`}
    ${person
      ? html`<div class=${problem.value ? "stale" : ""}>
          <div class="person-head">
            <${Heading} person=${person} />
            ${isAgent ? html`<${AtWork} id=${id} />` : html`<${StatusLabel} status=${person.status} large />`}
            ${button}
          </div>
          <${Facts} person=${person} />
          <${Past} id=${id} person=${person} />
        </div>`
      : isUnseen.value
        ? html`<${Empty} isPage title=${texts.person.unseenYet}>${isAgent ? html`<${AtWork} id=${id} />` : button}<//>`
        : !problem.value && html`<${Loading} />`}
    ${isSetting.value && html`<${SetStatusDialog} ids=${[id]} onClose=${() => (isSetting.value = false)} />`}`;
}
