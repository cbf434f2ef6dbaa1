// Light or dark: as the system prefers, until one chooses.

import { announce } from "./state.js";

const prefersDark = matchMedia("(prefers-color-scheme: dark)");

export const currentLook = () => document.documentElement.dataset.look ?? (prefersDark.matches ? "dark" : "light");

export function switchLook() {
  const look = currentLook() === "dark" ? "light" : "dark";
  document.documentElement.dataset.look = look;
  localStorage.setItem("look", look);
  announce("look");
}

prefersDark.addEventListener("change", () => announce("look"));
