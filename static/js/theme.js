/** The light or dark the visitor chose, stored in a cookie so that the server sends the right page at once. */
const YEAR_SECONDS = 31536000;
const darkSystem = matchMedia("(prefers-color-scheme: dark)");

function current() {
  return document.documentElement.dataset.theme ?? (darkSystem.matches ? "dark" : "light");
}

function choose(theme) {
  const isSystem = theme === (darkSystem.matches ? "dark" : "light");
  // Back at the system's own choice, the page follows the system again.
  if (isSystem) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const age = isSystem ? 0 : YEAR_SECONDS;
  document.cookie = `theme=${theme}; path=/; max-age=${age}; samesite=lax`;
}

export function startTheme() {
  for (const button of document.querySelectorAll("[data-theme-toggle]")) {
    button.hidden = false;
    button.addEventListener("click", () => choose(current() === "dark" ? "light" : "dark"));
  }
}
