// Light and dark: the style sheet holds the colours, charts read them from it.

const SYSTEM_DARK = window.matchMedia("(prefers-color-scheme: dark)");
const THEME_BUTTON = document.getElementById("theme");
let chosenTheme = null;
let printing = false;

// Resolved through an element, because the style sheet gives each colour for both themes.
function colour(name) {
  THEME_BUTTON.style.setProperty("outline-color", `var(--${name})`);
  return getComputedStyle(THEME_BUTTON).outlineColor;
}

function faded(paint, share) {
  return `rgba(${paint.match(/\d+/g).slice(0, 3).join(", ")}, ${share})`;
}

function seriesColour(number) {
  return colour(`series-${(number % 6) + 1}`);
}

function applyTheme() {
  const theme = printing ? "light" : chosenTheme ?? (SYSTEM_DARK.matches ? "dark" : "light");
  document.documentElement.dataset.theme = theme;
  THEME_BUTTON.textContent = theme === "dark" ? "Light" : "Dark";
  THEME_BUTTON.setAttribute("aria-label", `Switch to the ${theme === "dark" ? "light" : "dark"} theme`);
}

function startTheme(redraw) {
  const change = () => {
    applyTheme();
    redraw();
  };
  THEME_BUTTON.hidden = false;
  THEME_BUTTON.addEventListener("click", () => {
    chosenTheme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    change();
  });
  SYSTEM_DARK.addEventListener("change", change);
  window.addEventListener("beforeprint", () => {
    printing = true;
    document.querySelectorAll("details").forEach((each) => each.setAttribute("open", ""));
    change();
  });
  window.addEventListener("afterprint", () => {
    printing = false;
    change();
  });
  applyTheme();
}
