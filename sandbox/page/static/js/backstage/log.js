// The end of the bot's log, which follows along while one does not scroll away.

import { h } from "../dom.js";
import { on, state } from "../state.js";

const LINES_SHOWN = 300;
const NEAR_END_PX = 24;

const tail = h("pre", { class: "log", tabIndex: 0, role: "log", "aria-label": "The bot's log" });
const file = h("p", { class: "stage-hint" });

export const logTail = h("section", { "aria-label": "Log" }, h("h3", {}, "The bot's log"), tail, file);

on("everything", () => {
  tail.replaceChildren();
  add(state.log);
  file.textContent = `Whole log: ${state.backstage.log_file}`;
});
on("log", add);

function add(lines) {
  const follows = tail.scrollHeight - tail.scrollTop - tail.clientHeight < NEAR_END_PX;
  tail.append(...lines.map((line) => h("span", { class: level(line) }, `${line}\n`)));
  while (tail.childElementCount > LINES_SHOWN) tail.firstElementChild.remove();
  if (follows) tail.scrollTop = tail.scrollHeight;
}

function level(line) {
  if (/\b(error|critical|traceback|exception)\b/i.test(line)) return "bad";
  return /\bwarn(ing)?\b/i.test(line) ? "odd" : "";
}
