// The visitor's choice of text size and contrast is kept for the next page.
const root = document.documentElement;
for (const name of ["large", "contrast"]) {
  root.classList.toggle(name, localStorage.getItem(name) === "yes");
}
document.addEventListener("click", (event) => {
  const name = event.target.dataset.display;
  if (!name) return;
  const on = name === "normal" ? false : !root.classList.contains(name);
  for (const each of name === "normal" ? ["large", "contrast"] : [name]) {
    root.classList.toggle(each, on);
    localStorage.setItem(each, on ? "yes" : "no");
  }
});
