// The bar over the conversation: where one is, and the switches for the right-hand side.

import { asideShows, toggleAside } from "./aside.js";
import { keepFocus } from "./backstage/acting.js";
import { activeTroubles } from "./backstage/troubles.js";
import { fill, h, iconButton } from "./dom.js";
import { openDrawer } from "./drawers.js";
import { icon } from "./icons.js";
import { channel, on } from "./state.js";

export const header = h("header", { class: "header" });

for (const topic of ["place", "guilds", "aside", "backstage", "everything"]) on(topic, draw);

function draw() {
  const place = channel();
  if (!place) return;
  const troubles = activeTroubles();
  const words = troubles.length === 1 ? troubles[0] : `${troubles.length} troubles`;
  keepFocus(header, () => fill(
    header,
    iconButton("Servers and channels", icon("menu"), () => openDrawer("left"), { class: "icon-button open-drawer", data: { key: "left" } }),
    icon(place.is_thread ? "thread" : "hash"),
    h("h1", {}, place.name),
    place.topic ? h("p", { title: place.topic }, place.topic) : h("span", { class: "spring" }),
    troubles.length > 0 && h("button", { type: "button", class: "trouble-chip", "aria-label": `Backstage: ${troubles.join(", ")}`, title: troubles.join(", "), onclick: () => asideShows() === "backstage" || toggleAside("backstage") }, h("span", {}, words)),
    iconButton("Backstage", [icon("stage"), h("span", {}, "Backstage")], () => toggleAside("backstage"), { class: "icon-button labelled", data: { key: "backstage" }, "aria-pressed": asideShows() === "backstage" }),
    iconButton("Members", [icon("people"), h("span", {}, "Members")], () => toggleAside("members"), { class: "icon-button labelled", data: { key: "members" }, "aria-pressed": asideShows() === "members" }),
  ));
}
