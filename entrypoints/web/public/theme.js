// Runs before the first paint, so that a chosen theme does not flash through the system's one.
(function () {
  try {
    var theme = localStorage.getItem("parley.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage can be forbidden; the system's theme is then right.
  }
})();
