// The bot's process: whether it runs, and the three ways to change that.

import { fill, h } from "../dom.js";
import { countingTime } from "../markdown/time.js";
import { on, state } from "../state.js";
import { act, keepFocus } from "./acting.js";

const WORDS = { running: "Running", stopped: "Stopped", stopping: "Stopping…", crashed: "Ended by itself", killed: "Killed" };

const status = h("p", { class: "process-status", role: "status" });
const buttons = h("div", { class: "stage-row" });

export const botProcess = h("section", { "aria-label": "Bot" }, h("h3", {}, "Bot"), status, buttons);

for (const topic of ["backstage", "everything", "online"]) on(topic, draw);

function draw() {
  const { bot } = state.backstage;
  const isUp = bot.is_alive;
  const connected = state.isOnline ? "online in Discord" : "not in Discord yet";
  const since = Date.parse(bot.changed_at) / 1000;
  fill(
    status,
    h("i", { class: `light ${isUp ? (state.isOnline ? "green" : "amber") : "red"}`, "aria-hidden": "true" }),
    h("strong", {}, WORDS[bot.state]),
    isUp ? ` · process ${bot.pid} · ${connected} · started ` : ` · ${bot.ending ? `${bot.ending} · ` : ""}`,
    countingTime(since),
  );
  keepFocus(buttons, () => fill(
    buttons,
    button("Start", "start", "success", isUp),
    button("Stop", "stop", "", bot.state !== "running", "SIGTERM: it finishes what it holds"),
    button("Kill", "kill", "danger", !isUp, "SIGKILL: it ends at once, in the middle of whatever it does"),
  ));
}

function button(label, order, style, isDisabled, title) {
  return h("button", { type: "button", class: `button ${style}`, disabled: isDisabled, title, data: { key: order }, onclick: () => act("bot", { order }) }, label);
}
