// The page says every few seconds that it is open, and hears who else is; a page nobody looks at keeps silent.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.detail.elt.matches?.("[data-presence]")) event.preventDefault();
});

// What this page saved itself is not news to it.
document.addEventListener("crm:saved", ({ detail }) => {
  if (!detail?.version) return;
  for (const one of document.querySelectorAll("[data-record-version]")) one.value = detail.version;
});
