// Returns what is laid out badly, as lines of text: content wider than the screen, controls that are cut off, that lie on
// each other or that are too small to touch, and a page that scrolls as a whole.
(() => {
  const faults = [];
  const html = (element) => element.outerHTML.slice(0, 100);
  /** Return true if only those who listen are to have it. */
  const isForEars = (element) => {
    for (let each = element; each; each = each.parentElement) if (getComputedStyle(each).clipPath.startsWith("inset(50%")) return true;
    return false;
  };
  const root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) faults.push(`the page is ${root.scrollWidth} px wide, the screen ${innerWidth}`);
  const main = document.querySelector("main");
  if (main && main.scrollWidth > main.clientWidth + 1) faults.push(`the content is ${main.scrollWidth - main.clientWidth} px too wide`);

  const top = document.querySelector("dialog[open]") ?? document;
  const boxes = [];
  for (const element of top.querySelectorAll("button, a, input, select, summary, h1, h2, h3, td, th, dt, dd, label, p, .cell, .status")) {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || isForEars(element) || element.matches(".skip")) continue;
    const style = getComputedStyle(element);
    const scrolls = element.closest(".chips, .account-list");
    if (!scrolls && (box.right > innerWidth + 1 || box.left < -1)) faults.push(`off the screen: ${html(element)}`);
    // What may be long says all of it in its title.
    const cut = element.scrollWidth > element.clientWidth + 1 && style.overflowX !== "visible" && style.display !== "inline";
    const isText = !element.matches("input, select");
    if (element.matches(".status") && element.scrollWidth > element.clientWidth + 1) faults.push(`too narrow: ${html(element)}`);
    if (cut && isText && !element.title && !element.querySelector("[title]")) faults.push(`cut off: ${html(element)}`);
    if (element.matches("button, a, input:not([type=radio]), select")) boxes.push([element, box]);
  }
  const shown = (box, element) => {
    const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
    const y = box.top + box.height / 2;
    if (y < 1 || y > innerHeight - 1) return true;
    const hit = document.elementFromPoint(x, y);
    return !hit || hit === element || element.contains(hit) || hit.contains(element) || hit.closest("label")?.contains(element) ||
      // These lie over the rows on purpose; the rows end well above them.
      hit.closest(".selection, .lost-banner");
  };
  for (const [element, box] of boxes) {
    const list = element.closest(".rows-all, .rows-head, main, .chips, .account-list, dialog");
    const clip = list?.closest(".rows")?.getBoundingClientRect() ?? list?.getBoundingClientRect();
    // On a low screen, rows that scroll are within a page that scrolls.
    const page = element.closest("main")?.getBoundingClientRect();
    const head = element.closest(".rows-all") ? document.querySelector(".rows-head").getBoundingClientRect().bottom : -1;
    const y = box.top + box.height / 2;
    if (page && (y > page.bottom || y < page.top)) continue;
    if (clip && (y > clip.bottom || y < clip.top || y < head || box.right > clip.right + 1)) continue;
    if (!shown(box, element)) faults.push(`covered by ${html(document.elementFromPoint(box.left + box.width / 2, y))}: ${html(element)}`);
    if (matchMedia("(pointer: coarse)").matches && element.matches("button, select") && Math.min(box.width, box.height) < 24) {
      faults.push(`too small to touch (${box.width} x ${box.height}): ${html(element)}`);
    }
  }
  return faults;
})();
