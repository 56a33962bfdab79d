// Runs before the first paint, so that a chosen theme never flashes. Without a choice the system's preference holds.
try {
  const chosen = localStorage.getItem("culprit.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage may be forbidden; the system's preference holds.
}
