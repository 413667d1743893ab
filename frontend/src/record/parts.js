// On a phone a record shows one of its three parts at a time; on a desk all of them stand beside each other.
document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-part-choice]");
  if (!choice) return;
  document.querySelector("[data-record]").dataset.shownPart = choice.dataset.partChoice;
  for (const one of document.querySelectorAll("[data-part-choice]")) {
    one.setAttribute("aria-pressed", String(one === choice));
  }
});
