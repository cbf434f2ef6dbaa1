// The right-hand side: the members, or Backstage, or nothing.

import { backstage } from "./backstage/panel.js";
import { fill, h } from "./dom.js";
import { closeDrawer, openDrawer } from "./drawers.js";
import { announce, on } from "./state.js";
import { members } from "./members.js";

const WIDE_ENOUGH = matchMedia("(min-width: 1001px)");
const CONTENTS = { members, backstage };

export const aside = h("div", { class: "aside", id: "aside", hidden: true });

let shown = null;

export const asideShows = () => shown;

/** Shows "members" or "backstage"; the same again closes it. */
export function toggleAside(which) {
  show(shown === which ? null : which);
  if (WIDE_ENOUGH.matches) localStorage.setItem("aside", shown ?? "nothing");
}

export function startAside() {
  const remembered = localStorage.getItem("aside") ?? "members";
  if (WIDE_ENOUGH.matches && CONTENTS[remembered]) show(remembered);
}

function show(which) {
  shown = which;
  aside.hidden = which === null;
  aside.classList.toggle("backstage", which === "backstage");
  fill(aside, which && CONTENTS[which]);
  if (which) openDrawer("right");
  else closeDrawer();
  announce("aside");
}

WIDE_ENOUGH.addEventListener("change", () => show(WIDE_ENOUGH.matches ? shown : null));
on("drawer-closed", () => !WIDE_ENOUGH.matches && shown && show(null));
