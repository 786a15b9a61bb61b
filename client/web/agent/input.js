/**
 * Notices that a person uses the page: that there was input, never what it was. Events that scripts dispatch are not input, and
 * neither is a pointer that rests while the page moves under it.
 */

const KINDS = ["keydown", "pointerdown", "pointermove", "touchstart", "wheel"];
/** How recent input is, at most, while the browser's own detector calls the user active: its shortest threshold. */
const DETECTOR_THRESHOLD_MS = 60_000;

/**
 * Call `onInput` upon input, and when the user turns to the page.
 * @param {() => void} onInput
 * @param {AbortSignal} signal
 */
export function watchInput(onInput, signal) {
  let x = NaN;
  let y = NaN;
  /** @param {Event} event */
  const take = (event) => {
    if (!event.isTrusted) return;
    if (event.type === "pointermove") {
      const { screenX, screenY } = /** @type {PointerEvent} */ (event);
      const hasMoved = !Number.isNaN(x) && (screenX !== x || screenY !== y);
      [x, y] = [screenX, screenY];
      if (!hasMoved) return;
    }
    onInput();
  };
  for (const kind of KINDS) window.addEventListener(kind, take, { capture: true, passive: true, signal });
  window.addEventListener("focus", take, { signal });
  document.addEventListener(
    "visibilitychange",
    (event) => {
      if (document.visibilityState === "visible" && document.hasFocus()) take(event);
    },
    { signal },
  );
}

/**
 * Call `onInput` with how long ago (ms) there was input anywhere on the machine, as often as the browser's IdleDetector tells,
 * if there is one and the user has allowed it.
 * @param {(ago: number) => void} onInput
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>} true if it is in use
 */
export async function watchMachine(onInput, signal) {
  const Detector = /** @type {any} */ (globalThis).IdleDetector;
  if (!Detector) return false;
  try {
    const name = /** @type {PermissionName} */ (/** @type {unknown} */ ("idle-detection"));
    if ((await navigator.permissions.query({ name })).state !== "granted") return false;
    const detector = new Detector();
    const isActive = () => detector.userState === "active" && detector.screenState === "unlocked";
    detector.addEventListener("change", () => isActive() && onInput(0), { signal });
    await detector.start({ threshold: DETECTOR_THRESHOLD_MS, signal });
    const timer = setInterval(() => isActive() && onInput(DETECTOR_THRESHOLD_MS), DETECTOR_THRESHOLD_MS / 2);
    signal.addEventListener("abort", () => clearInterval(timer));
    return true;
  } catch {
    return false; // Not allowed here, or the page is closing.
  }
}
