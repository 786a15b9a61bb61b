/**
 * The form of the settings of one account, or of a team in it: loading, what saving would do, saving, and changes that others make meanwhile.
 *
 * Invariant: what `preview` says is about the draft as it is, and nothing is saved that the server has not been asked about
 * right before.
 */

import { OndutyError, batch, computed, signal } from "../lib.js";
import { inWords, isCancelled } from "../problems.js";
import { client, endedBy } from "../session.js";
import { t } from "../texts/index.js";
import { DEFAULT_AWAY, MASK, draftOf, faultsOf, isSame, periodsOf, workflowOf } from "./draft.js";

/** @import { Workflow, WorkflowImpact } from "../lib.js" */
/** @import { Draft, Faults } from "./draft.js" */

const PREVIEW_DELAY_MS = 250;
/** People go on being active and inactive, so what was said is asked again. */
const PREVIEW_AGAIN_MS = 10_000;
const REREAD_MS = 1_500;
/** The codes of calls that may have been made all the same. */
const UNCERTAIN = ["unavailable", "deadline_exceeded", "internal", "unknown"];
/** A change that switches more people than this at once is asked about once more. */
export const HANDFUL = 5;

/** What saving would do; `impact` may be that of an earlier draft until the state is `known`. */
/** @typedef {{state: "none" | "asking" | "known" | "failed", impact?: WorkflowImpact}} Preview */
/** @typedef {"" | "checking" | "saving" | "uncertain"} Phase */
/** What is asked about once more. `before` is what the form held until an earlier version was put into it, `following` what a team would follow, once that is known. */
/** @typedef {{restoring?: Workflow, before?: Draft, following?: Workflow}} Question */
/** What is kept of a form that was taken away while it was edited. */
/** @typedef {{base: Workflow, draft: Draft, isStarting: boolean}} Kept */

/** See the module. */
export class WorkflowForm {
  /**
   * @param {string} accountId
   * @param {Pick<typeof client, "getWorkflow" | "updateWorkflow" | "deleteWorkflow">} [calls]
   * @param {string} [teamId] empty for the settings of the account
   */
  constructor(accountId, calls = client, teamId = "") {
    this.accountId = accountId;
    this.teamId = teamId;
    this.calls = calls;
    /** What the server has; null until it is loaded. */
    this.base = signal(/** @type {Workflow | null} */ (null));
    this.draft = signal(/** @type {Draft | null} */ (null));
    /** True while a team that has followed the account's settings is about to get its own, or the other way round. */
    this.isStarting = signal(false);
    this.isLeaving = signal(false);
    this.follows = computed(() => teamId !== "" && this.base.value !== null && this.base.value.teamId !== teamId);
    /** What somebody else has saved while this form was being edited. */
    this.theirs = signal(/** @type {Workflow | null} */ (null));
    this.problem = signal("");
    /** What the server says is wrong, by field. */
    this.refused = signal(/** @type {{[K in keyof Faults]: string}} */ ({}));
    this.notice = signal(/** @type {"" | "saved" | "updated" | "kept"} */ (""));
    this.phase = signal(/** @type {Phase} */ (""));
    this.question = signal(/** @type {Question | null} */ (null));
    this.preview = signal(/** @type {Preview} */ ({ state: "none" }));
    this.faults = computed(() => (this.draft.value ? faultsOf(this.draft.value) : {}));
    this.isValid = computed(() => isEmpty(this.faults.value) && isEmpty(this.refused.value));
    this.isChanged = computed(
      () =>
        this.base.value !== null &&
        this.draft.value !== null &&
        (this.isStarting.value || !isSame(draftOf(this.base.value), this.draft.value)),
    );
    this.isReady = computed(() => this.isLeaving.value || (this.isChanged.value && this.isValid.value));
    this.canSave = computed(() => this.isReady.value && !this.phase.value && !this.theirs.value);
    /** What would be in force; null if that is not known yet. */
    this.after = computed(() => {
      const followed = this.question.value?.following;
      return this.isLeaving.value ? (followed ? draftOf(followed) : null) : this.draft.value;
    });
    /** @type {AbortController | null} */
    this.asking = null;
    this.timer = 0;
    this.rereading = 0;
    /** The version that the watch has told of last. */
    this.heardEtag = "";
    this.isClosed = false;
  }

  /** Read what the server has, and go on with what was being edited. @param {Kept | null} [kept] */
  async load(kept) {
    this.problem.value = "";
    try {
      const found = await this.#read();
      this.#begin(kept?.base ?? found);
      if (kept) {
        this.isStarting.value = kept.isStarting;
        this.edit(kept.draft);
      }
      this.#meet(found, "updated");
      this.#catchUp();
    } catch (error) {
      if (!endedBy(error)) this.problem.value = inWords(error);
    }
  }

  close() {
    this.isClosed = true;
    this.#forgetPreview();
  }

  /** @param {Partial<Draft>} fields */
  edit(fields) {
    if (this.phase.value) return;
    batch(() => {
      this.draft.value = { .../** @type {Draft} */ (this.draft.value), ...fields };
      if (this.notice.value !== "kept") this.notice.value = "";
      this.problem.value = "";
      this.refused.value = {};
    });
    this.#ask();
  }

  /** Turn the switch on or off. The periods are hidden while it is off, and stay what they were. */
  toggle() {
    const draft = /** @type {Draft} */ (this.draft.value);
    if (draft.enabled) this.edit({ enabled: false, ...periodsOf(draftOf(/** @type {Workflow} */ (this.base.value))) });
    else this.edit({ enabled: true, awayAfter: draft.awayAfter ?? (draft.offlineAfter || draft.disconnectAfter ? null : DEFAULT_AWAY) });
  }

  /** Go back to what the server has. */
  discard() {
    this.#begin(/** @type {Workflow} */ (this.theirs.value ?? this.base.value));
  }

  /** Begin to give the team settings of its own, which are those of the account at first. */
  start() {
    if (this.phase.value) return;
    this.isStarting.value = this.follows.value;
    this.edit({});
  }

  /** Ask whether the team shall follow the settings of the account again. */
  follow() {
    if (this.phase.value || this.theirs.value || this.follows.value) return;
    this.question.value = { before: this.isChanged.value ? (this.draft.value ?? undefined) : undefined };
    this.isLeaving.value = true;
    this.#ask();
  }

  /** Ask whether earlier settings shall be restored. @param {Workflow} workflow */
  restore(workflow) {
    if (this.phase.value || this.theirs.value) return;
    this.isStarting.value = this.follows.value;
    this.question.value = { restoring: workflow, before: this.isChanged.value ? (this.draft.value ?? undefined) : undefined };
    this.edit(draftOf(workflow));
  }

  /** Answer the question. @param {boolean} isYes */
  answer(isYes) {
    const question = this.question.value;
    this.question.value = null;
    if (isYes) return this.#save();
    if (this.isLeaving.value) {
      this.isLeaving.value = false;
      this.#ask();
    } else if (question?.before) this.edit(question.before);
    else if (question?.restoring) this.discard();
    return undefined;
  }

  /** Hear of a workflow from the watch, which may tell of it earlier or later than other calls. @param {Workflow} workflow */
  heard({ etag }) {
    this.heardEtag = etag;
    if (this.base.value) this.#catchUp();
    else if (this.problem.value) this.load();
  }

  /** Go on editing, on top of what the other has saved. */
  keepMine() {
    batch(() => {
      this.base.value = this.theirs.value;
      this.theirs.value = null;
      this.isStarting.value = this.follows.value;
      this.notice.value = "kept";
    });
    this.#ask();
  }

  /** Save, or ask first if many people would be switched at once, or if it is not known how many. */
  async save() {
    if (!this.canSave.value) return;
    this.phase.value = "checking";
    this.preview.value = { ...this.preview.value, state: "asking" };
    await this.#preview();
    this.phase.value = "";
    const { state } = this.preview.value;
    if (this.canSave.value && !this.isClosed && state === "known" && switchedAtOnce(this.preview.value) <= HANDFUL) {
      await this.#save();
      return;
    }
    if (this.canSave.value && (state === "known" || state === "failed")) this.question.value = {};
    this.#catchUp();
  }

  async #save() {
    if (!this.canSave.value) return;
    this.phase.value = "saving";
    this.#forgetPreview();
    try {
      const { workflow } = await (this.isLeaving.value
        ? this.calls.deleteWorkflow(this.#deletion())
        : this.calls.updateWorkflow(this.#request()));
      this.#begin(workflow);
      this.notice.value = "saved";
    } catch (error) {
      if (endedBy(error)) return;
      if (isUncertain(error)) await this.#findOut();
      else await this.#failed(error);
    } finally {
      this.phase.value = "";
      this.isLeaving.value = false;
    }
    this.#catchUp();
  }

  /** Read until the server says whether a save that was not answered has been made. */
  async #findOut() {
    this.phase.value = "uncertain";
    while (!this.isClosed) {
      try {
        const found = await this.#read();
        if (found.etag === this.base.value?.etag) this.problem.value = t().workflows.notSaved;
        else this.#meet(found, "saved");
        return;
      } catch (error) {
        if (endedBy(error)) return;
        await new Promise((resolve) => setTimeout(resolve, REREAD_MS));
      }
    }
  }

  /** @param {unknown} error */
  async #failed(error) {
    this.question.value = null;
    this.isLeaving.value = false;
    try {
      if (error instanceof OndutyError && error.reason === "REVISION_CONFLICT") this.#meet(await this.#read(), "updated");
      else if (!this.#refuse(error)) this.problem.value = inWords(error);
    } catch (another) {
      if (!endedBy(another)) this.problem.value = inWords(another);
    }
  }

  /** Show what the server says beside the fields at fault. Returns false if it names none. @param {unknown} error */
  #refuse(error) {
    if (!(error instanceof OndutyError) || error.code !== "invalid_argument") return false;
    const refused = /** @type {Record<string, string>} */ ({});
    for (const { field, description } of error.violations) {
      if (field.endsWith("away_after")) refused.awayAfter = description;
      else if (field.endsWith("offline_after")) refused.offlineAfter = description;
      else if (field.includes("disconnect_")) refused.disconnectAfter = description;
      else if (field.endsWith("enabled")) refused.enabled = description;
    }
    this.refused.value = refused;
    return !isEmpty(refused);
  }

  async #read() {
    return /** @type {Workflow} */ ((await this.calls.getWorkflow({ accountId: this.accountId, teamId: this.teamId })).workflow);
  }

  /** Look at what the server has, if the watch has told of something else than is known here. */
  async #catchUp() {
    const isKnown = [this.base.value?.etag, this.theirs.value?.etag, ""].includes(this.heardEtag);
    if (isKnown || this.phase.value) return;
    const number = ++this.rereading;
    try {
      const found = await this.#read();
      if (number === this.rereading && !this.phase.value) this.#meet(found, "updated");
    } catch (error) {
      // The page says that the connection is lost, and the watch tells of the workflow once it is back.
      if (!endedBy(error)) inWords(error);
    }
  }

  /** Take over what the server has, or show it beside what is being edited. @param {Workflow} found @param {"saved" | "updated"} notice */
  #meet(found, notice) {
    const isOwn = !this.teamId || found.teamId === this.teamId;
    if (found.etag === this.base.value?.etag && isOwn !== this.follows.value) return;
    // What it was to be followed instead of is not there any more.
    if (this.isLeaving.value) this.question.value = null;
    this.isLeaving.value = false;
    const isWanted = isSame(draftOf(found), /** @type {Draft} */ (this.draft.value)) && (isOwn || !this.isStarting.value);
    if (!this.isChanged.value || isWanted) {
      this.#begin(found);
      this.notice.value = notice;
      return;
    }
    this.#forgetPreview();
    batch(() => {
      this.theirs.value = found;
      this.question.value = null;
      this.preview.value = { state: "none" };
    });
  }

  /** @param {Workflow | undefined} workflow */
  #begin(workflow) {
    if (!workflow) return;
    this.#forgetPreview();
    batch(() => {
      this.base.value = workflow;
      this.draft.value = draftOf(workflow);
      this.isStarting.value = false;
      this.isLeaving.value = false;
      this.theirs.value = null;
      this.question.value = null;
      this.problem.value = "";
      this.refused.value = {};
      this.notice.value = "";
      this.preview.value = { state: "none" };
    });
  }

  #forgetPreview() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  /** Ask the server what saving would do, once nothing has been typed for a moment. */
  #ask() {
    this.#forgetPreview();
    if (!this.canSave.value) {
      this.preview.value = { state: "none" };
      return;
    }
    this.preview.value = { ...this.preview.value, state: "asking" };
    this.timer = setTimeout(() => this.#preview(), PREVIEW_DELAY_MS);
  }

  async #preview() {
    this.#forgetPreview();
    const asking = (this.asking = new AbortController());
    try {
      const { signal } = asking;
      const { impact, workflow } = await (this.isLeaving.value
        ? this.calls.deleteWorkflow({ ...this.#deletion(), validateOnly: true }, { signal })
        : this.calls.updateWorkflow({ ...this.#request(), validateOnly: true }, { signal }));
      if (signal.aborted) return;
      if (this.isLeaving.value && this.question.value) this.question.value = { ...this.question.value, following: workflow };
      this.preview.value = { state: "known", impact };
      this.timer = setTimeout(() => this.#preview(), PREVIEW_AGAIN_MS);
    } catch (error) {
      if (asking.signal.aborted || isCancelled(error) || endedBy(error)) return;
      const isLater = isUncertain(error);
      this.preview.value = { state: isLater ? "failed" : "none" };
      if (isLater) this.timer = setTimeout(() => this.#preview(), PREVIEW_AGAIN_MS);
      else await this.#failed(error);
    }
  }

  #request() {
    const [base, draft] = [/** @type {Workflow} */ (this.base.value), /** @type {Draft} */ (this.draft.value)];
    return { workflow: { ...workflowOf(this.accountId, draft, base.etag), teamId: this.teamId }, updateMask: { paths: MASK } };
  }

  #deletion() {
    return { accountId: this.accountId, teamId: this.teamId, etag: /** @type {Workflow} */ (this.base.value).etag };
  }
}

/** How many people a change would switch at once. @param {Preview} preview */
export function switchedAtOnce({ state, impact }) {
  return state === "known" && impact ? Number(impact.switchingToAway + impact.switchingToOffline) : 0;
}

/** Return true if a call that failed may have been made all the same. @param {unknown} error */
function isUncertain(error) {
  return error instanceof OndutyError && UNCERTAIN.includes(error.code);
}

/** @param {object} value */
function isEmpty(value) {
  return Object.keys(value).length === 0;
}
