const button = document.getElementById("all-code");
const blocks = document.querySelectorAll("details.code");
if (blocks.length) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    button.textContent = open ? "Hide all code" : "Show all code";
    blocks.forEach((block) => { block.open = open; });
  });
}
