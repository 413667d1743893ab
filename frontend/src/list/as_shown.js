// A link about the list as it stands now: filters and columns change without the page around them.
const PASSING = ["cursor", "trail", "view", "limit", "entity"];

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-as-shown]");
  if (!link) return;
  const url = new URL(link.dataset.asShown, location.href);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!PASSING.includes(name)) url.searchParams.append(name, value);
  }
  link.href = url.pathname + url.search;
}, true);
