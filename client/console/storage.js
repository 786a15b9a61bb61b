/** What a browser keeps for the page. A browser may refuse to: then it is kept until the page is left. */

class Storage {
  /** @param {() => globalThis.Storage} area fails in a browser that blocks it */
  constructor(area) {
    this.area = area;
    /** @type {Map<string, string>} */
    this.inPage = new Map();
  }

  /** @param {string} key */
  get(key) {
    try {
      return this.inPage.get(key) ?? this.area().getItem(key);
    } catch {
      return null;
    }
  }

  /**
   * Keep a text; null forgets it. Returns false if it will be lost when the page is left.
   * @param {string} key
   * @param {string | null} value
   */
  set(key, value) {
    this.inPage.delete(key);
    try {
      if (value === null) this.area().removeItem(key);
      else this.area().setItem(key, value);
      return true;
    } catch {
      if (value !== null) this.inPage.set(key, value);
      return false;
    }
  }
}

/** For this tab only, and until it is closed. */
export const tabStorage = new Storage(() => sessionStorage);
/** For all tabs. */
export const browserStorage = new Storage(() => localStorage);

/**
 * Return a channel to the other tabs; null in a browser that blocks storage, and with it channels and locks.
 * @param {string} name
 */
export function openChannel(name) {
  try {
    void globalThis.localStorage;
    return new BroadcastChannel(name);
  } catch {
    return null;
  }
}
