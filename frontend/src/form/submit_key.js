// Ctrl+Enter (or Cmd+Enter) sends the form one is in, wherever the cursor stands.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
  const form = event.target.closest?.("form");
  if (!form?.querySelector("[type=submit]")) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]"));
});
