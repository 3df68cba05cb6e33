"use strict";
const table = document.getElementById("table");
const body = table.tBodies[0];
const find = document.getElementById("find");
const show = document.getElementById("show");
const count = document.getElementById("count");
const rows = Array.from(body.rows, (row) => ({
  row,
  flags: new Set(row.dataset.f.split(" ")),
  words: Array.from(row.cells, (cell) => cell.textContent.trim()),
}));

function filter() {
  const wanted = find.value.trim().toLowerCase();
  let shown = 0;
  for (const { row, flags, words } of rows) {
    const named = words.slice(0, 2).join(" ").toLowerCase().includes(wanted);
    row.hidden = !named || (show.value !== "" && !flags.has(show.value));
    shown += row.hidden ? 0 : 1;
  }
  count.textContent = `${shown} of ${rows.length}`;
}

function value(text) {
  const number = /-?\d+(\.\d+)?\+?$/.exec(text);
  return number === null ? -Infinity : parseFloat(number[0]);
}

function sort(head, column, numbers) {
  const down = head.getAttribute("aria-sort") === "ascending" || (numbers && !head.hasAttribute("aria-sort"));
  for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", down ? "descending" : "ascending");
  const compare = numbers
    ? (a, b) => value(a.words[column]) - value(b.words[column])
    : (a, b) => a.words[column].localeCompare(b.words[column], undefined, { numeric: true });
  rows.sort((a, b) => (down ? compare(b, a) : compare(a, b)));
  body.append(...rows.map(({ row }) => row));
}

Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
  const numbers = head.classList.contains("number");
  head.firstElementChild.addEventListener("click", () => sort(head, column, numbers));
});
for (const button of document.querySelectorAll("[data-who]")) {
  button.addEventListener("click", () => {
    show.value = button.dataset.who;
    find.value = "";
    filter();
    document.getElementById("students").scrollIntoView();
  });
}
find.addEventListener("input", filter);
show.addEventListener("change", filter);
document.querySelector(".filters").addEventListener("submit", (event) => event.preventDefault());
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
filter();
