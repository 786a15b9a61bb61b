/** The form of one account's settings: loading, what saving would do, saving, and changes that others make meanwhile. */

import { OndutyError, batch, computed, signal } from "../lib.js";
import { inWords, isCancelled } from "../problems.js";
import { client, endedBy } from "../session.js";
import { MASK, draftOf, faultsOf, isSame, workflowOf } from "./draft.js";

/** @import { Workflow, WorkflowImpact } from "../lib.js" */
/** @import { Draft } from "./draft.js" */

const PREVIEW_DELAY_MS = 250;
/** A change that switches more people than this at once is asked about once more. */
export const HANDFUL = 5;

/** @typedef {{state: "none" | "asking" | "failed"} | {state: "known", impact: WorkflowImpact}} Preview */

/** See the module. */
export class WorkflowForm {
  /** @param {string} accountId */
  constructor(accountId) {
    this.accountId = accountId;
    /** What the server has; null until it is loaded. */
    this.base = signal(/** @type {Workflow | null} */ (null));
    this.draft = signal(/** @type {Draft | null} */ (null));
    /** What somebody else has saved while this form was being edited. */
    this.theirs = signal(/** @type {Workflow | null} */ (null));
    this.problem = signal("");
    /** What the server says is wrong, by field. */
    this.refused = signal(/** @type {{awayAfter?: string, offlineAfter?: string, enabled?: string}} */ ({}));
    this.notice = signal(/** @type {"" | "saved" | "updated" | "restored"} */ (""));
    this.isSaving = signal(false);
    this.preview = signal(/** @type {Preview} */ ({ state: "none" }));
    this.faults = computed(() => (this.draft.value ? faultsOf(this.draft.value) : {}));
    this.isValid = computed(() => Object.keys(this.faults.value).length === 0);
    this.isChanged = computed(
      () => this.base.value !== null && this.draft.value !== null && !isSame(draftOf(this.base.value), this.draft.value),
    );
    this.canSave = computed(() => this.isChanged.value && this.isValid.value && !this.isSaving.value && !this.theirs.value);
    /** @type {AbortController | null} */
    this.asking = null;
    this.timer = 0;
  }

  async load() {
    this.problem.value = "";
    try {
      this.#begin((await client.getWorkflow({ accountId: this.accountId })).workflow);
    } catch (error) {
      if (!endedBy(error)) this.problem.value = inWords(error);
    }
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
  }

  /** @param {Partial<Draft>} fields */
  edit(fields) {
    batch(() => {
      this.draft.value = { .../** @type {Draft} */ (this.draft.value), ...fields };
      this.notice.value = "";
      this.problem.value = "";
      this.refused.value = {};
    });
    this.#ask();
  }

  discard() {
    this.#begin(this.base.value ?? undefined);
  }

  /** Put earlier settings into the form. @param {Workflow} workflow */
  restore(workflow) {
    this.edit(draftOf(workflow));
    this.notice.value = "restored";
  }

  /** Hear of a workflow from the watch. @param {Workflow} workflow */
  heard(workflow) {
    const base = this.base.value;
    if (!base || base.etag === workflow.etag || this.isSaving.value) return;
    if (this.isChanged.value) this.theirs.value = workflow;
    else {
      this.#begin(workflow);
      this.notice.value = "updated";
    }
  }

  takeTheirs() {
    this.#begin(this.theirs.value ?? undefined);
  }

  /** Go on editing, on top of what the other has saved. */
  keepMine() {
    batch(() => {
      this.base.value = this.theirs.value;
      this.theirs.value = null;
    });
    this.#ask();
  }

  async save() {
    const [base, draft] = [/** @type {Workflow} */ (this.base.value), /** @type {Draft} */ (this.draft.value)];
    this.isSaving.value = true;
    this.asking?.abort();
    try {
      const workflow = workflowOf(this.accountId, draft, base.etag);
      const answer = await client.updateWorkflow({ workflow, updateMask: { paths: MASK } });
      this.#begin(answer.workflow);
      this.notice.value = "saved";
    } catch (error) {
      if (endedBy(error)) return;
      await this.#failed(error);
    } finally {
      this.isSaving.value = false;
    }
  }

  /** @param {unknown} error */
  async #failed(error) {
    if (error instanceof OndutyError && error.reason === "REVISION_CONFLICT") {
      const { workflow } = await client.getWorkflow({ accountId: this.accountId });
      this.theirs.value = workflow ?? null;
    } else if (!this.#refuse(error)) {
      this.problem.value = inWords(error);
    }
  }

  /** Show what the server says beside the fields at fault. Returns false if it names none. @param {unknown} error */
  #refuse(error) {
    if (!(error instanceof OndutyError) || error.code !== "invalid_argument") return false;
    const refused = /** @type {Record<string, string>} */ ({});
    for (const { field, description } of error.violations) {
      if (field.endsWith("away_after")) refused.awayAfter = description;
      else if (field.endsWith("offline_after")) refused.offlineAfter = description;
      else if (field.endsWith("enabled")) refused.enabled = description;
    }
    this.refused.value = refused;
    return Object.keys(refused).length > 0;
  }

  /** @param {Workflow | undefined} workflow */
  #begin(workflow) {
    if (!workflow) return;
    clearTimeout(this.timer);
    this.asking?.abort();
    batch(() => {
      this.base.value = workflow;
      this.draft.value = draftOf(workflow);
      this.theirs.value = null;
      this.problem.value = "";
      this.refused.value = {};
      this.notice.value = "";
      this.preview.value = { state: "none" };
    });
  }

  /** Ask the server what saving would do, once nothing has been typed for a moment. */
  #ask() {
    clearTimeout(this.timer);
    this.asking?.abort();
    if (!this.isChanged.value || !this.isValid.value) {
      this.preview.value = { state: "none" };
      return;
    }
    if (this.preview.value.state !== "known") this.preview.value = { state: "asking" };
    this.timer = setTimeout(() => this.#preview(), PREVIEW_DELAY_MS);
  }

  async #preview() {
    const asking = (this.asking = new AbortController());
    const [base, draft] = [/** @type {Workflow} */ (this.base.value), /** @type {Draft} */ (this.draft.value)];
    try {
      const workflow = workflowOf(this.accountId, draft, base.etag);
      const request = { workflow, updateMask: { paths: MASK }, validateOnly: true };
      const { impact } = await client.updateWorkflow(request, { signal: asking.signal });
      if (impact) this.preview.value = { state: "known", impact };
    } catch (error) {
      if (isCancelled(error) || endedBy(error)) return;
      this.preview.value = { state: "failed" };
      await this.#failed(error);
    }
  }
}

/** How many people a change would switch at once. @param {Preview} preview */
export function switchedAtOnce(preview) {
  return preview.state === "known" ? Number(preview.impact.switchingToAway + preview.impact.switchingToOffline) : 0;
}
