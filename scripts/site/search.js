// Finds sections whose text has every word that was typed. The index is a script beside this one, so that it also works
// where pages are opened from a folder.
"use strict";

const input = document.getElementById("search");
const found = document.getElementById("found");
const LONGEST_LIST = 20;

function rank(section, words) {
  const title = `${section.page} ${section.part}`.toLowerCase();
  const text = section.text.toLowerCase();
  let points = 0;
  for (const word of words) {
    if (title.includes(word)) points += 10;
    else if (text.includes(word)) points += 1;
    else return 0;
  }
  return points;
}

function line(section) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = document.body.dataset.root + section.to;
  link.textContent = section.part && section.part !== section.page ? `${section.page}: ${section.part}` : section.page;
  item.append(link);
  return item;
}

function show() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  found.hidden = words.length === 0;
  const hits = searchIndex
    .map((section) => ({ section, points: words.length ? rank(section, words) : 0 }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, LONGEST_LIST);
  const list = document.createElement("ul");
  list.append(...hits.map(({ section }) => line(section)));
  found.replaceChildren(hits.length ? list : document.createTextNode("Nothing found."));
}

input.addEventListener("input", show);
input.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    input.value = "";
    show();
  } else if (event.key === "Enter") {
    found.querySelector("a")?.click();
  }
});
