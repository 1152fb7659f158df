// SPDX-License-Identifier: Apache-2.0
// Dark or light: the system's until one is chosen here.
import { setAttribute, setIcon } from "./dom.mjs";

export function bindThemeSwitch() {
  const button = document.getElementById("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const update = () => {
    setIcon(button, isDark() ? "sun" : "moon");
    setAttribute(button, "aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours");
  };
  button.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // Then it lasts as long as the page.
    }
    update();
  });
  system.addEventListener("change", update);
  update();
}
