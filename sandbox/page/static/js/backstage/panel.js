// Backstage: what a Discord never shows. Makes the provider and Discord misbehave, and tells what it costs.

import { fill, h } from "../dom.js";
import { on, state } from "../state.js";
import { act, keepFocus } from "./acting.js";
import { bills } from "./bills.js";
import { botProcess } from "./process.js";
import { logTail } from "./log.js";
import { activeTroubles } from "./troubles.js";

const SPEEDS = [1, 10];

const summary = h("p", { class: "all-well", role: "status" });
const wellAgain = h("button", { type: "button", class: "button success", onclick: () => act("all_well") }, "All well again");
const speeds = h("div", { class: "segments", role: "radiogroup", "aria-label": "Time" });
const troubles = h("div", { class: "troubles" });
const automod = h("input", { class: "field", type: "text", maxlength: 60, placeholder: "No word is blocked", "aria-label": "AutoMod blocks the word", onchange: () => act("automod", { word: automod.value.trim() }) });

export const backstage = h(
  "aside", { class: "stage", "aria-label": "Backstage" },
  h("header", { class: "stage-head" }, h("h2", {}, "Backstage"), wellAgain),
  summary,
  botProcess,
  h("section", { "aria-label": "Time" }, h("h3", {}, "Time"), speeds, h("p", { class: "stage-hint" }, "How fast pictures are made, and how fast tokens and links grow old. ×10 is usual here; ×1 is as in life.")),
  bills,
  troubles,
  logTail,
);

on("backstage", draw);
on("everything", draw);

function draw() {
  const { backstage: now } = state;
  if (!now) return;
  const active = activeTroubles();
  fill(summary, active.length ? h("strong", {}, active.length === 1 ? "1 trouble: " : `${active.length} troubles: `) : "All is well.", active.join(", "));
  summary.classList.toggle("troubled", active.length > 0);
  wellAgain.disabled = !now.groups.some((group) => group.troubles.some((one) => one.is_on)) && !now.automod_words.length;
  keepFocus(speeds, () => fill(speeds, [...new Set([...SPEEDS, now.speed])].map((one) => speedButton(one, now.speed))));
  keepFocus(troubles, () => fill(troubles, now.groups.map(groupSection)));
  if (document.activeElement !== automod) automod.value = now.automod_words.join(" ");
}

function speedButton(speed, current) {
  const isCurrent = speed === current;
  return h("button", { type: "button", role: "radio", "aria-checked": isCurrent, data: { key: `speed-${speed}` }, onclick: () => act("speed", { speed }) }, `×${speed}`);
}

function groupSection(group) {
  const isDiscord = group.key === "discord";
  return h(
    "section", { "aria-label": group.name },
    h("h3", {}, group.name),
    group.note && h("p", { class: "stage-hint" }, group.note),
    h("div", { class: "switches" }, group.troubles.map(troubleSwitch)),
    isDiscord && h("label", { class: "stage-field" }, "AutoMod blocks the word", automod),
    isDiscord && h("div", { class: "stage-row" }, h("button", { type: "button", class: "button", data: { key: "expire" }, onclick: () => act("expire_tokens") }, "Expire all tokens now")),
  );
}

function troubleSwitch(trouble) {
  return h(
    "button",
    {
      type: "button", role: "switch", class: "switch", "aria-checked": trouble.is_on, title: trouble.note, "aria-label": trouble.label,
      data: { key: trouble.key }, onclick: () => act("trouble", { key: trouble.key, is_on: !trouble.is_on }),
    },
    h("span", { class: "switch-words" }, h("strong", {}, trouble.label), h("small", {}, trouble.note)),
    h("i", { "aria-hidden": "true" }),
  );
}
