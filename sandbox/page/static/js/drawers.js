// On narrow screens the lists at the sides are drawers: at most one is open.

import { h } from "./dom.js";
import { announce } from "./state.js";

export const drawerScrim = h("div", { class: "drawer-scrim", onclick: () => closeDrawer() });

const app = () => document.querySelector(".app");

export function openDrawer(which) {
  app().dataset.drawer = which;
}

export function closeDrawer() {
  delete app()?.dataset.drawer;
  announce("drawer-closed");
}
