// On a narrow screen a list shows its rows as cards, each value beside the name of its column
// (css/desk/lists.css). Without this script the table scrolls within itself.
for (const table of document.querySelectorAll("#result_list")) {
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.querySelector(".text")?.textContent.trim());
  for (const row of table.tBodies[0].rows) {
    for (const cell of row.cells) {
      cell.dataset.label = names[cell.cellIndex] ?? "";
      const says = cell.textContent.trim() !== "" || cell.querySelector("img, input");
      cell.classList.toggle("says-nothing", !says || cell.textContent.trim() === "–");
    }
  }
  table.classList.add("as-cards");
}
