// Moments in words: Discord's `<t:…>` styles, of which the relative one keeps counting by itself.

import { h } from "../dom.js";

const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const STEPS = [["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];
const FORMATS = {
  long: new Intl.RelativeTimeFormat(undefined, { numeric: "always" }),
  narrow: new Intl.RelativeTimeFormat(undefined, { numeric: "always", style: "narrow" }),
};

export function timeElement(seconds, style) {
  const moment = new Date(seconds * 1000);
  if (Number.isNaN(moment.getTime())) return "Invalid Date";
  const attributes = { datetime: moment.toISOString(), title: moment.toLocaleString(undefined, STYLES.F) };
  if (style !== "R") return h("time", attributes, moment.toLocaleString(undefined, STYLES[style]));
  return countingTime(seconds, attributes);
}

/** A moment that tells how long ago it was; narrow ones as shortly as possible. */
export function countingTime(seconds, attributes = {}, style = "long") {
  return h("time", { ...attributes, data: { counts: seconds, style } }, ago(seconds, style));
}

/** "in 5 minutes", "12 seconds ago". */
function ago(seconds, style) {
  const away = Math.round(seconds - Date.now() / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(away) >= length) ?? STEPS.at(-1);
  return FORMATS[style].format(Math.trunc(away / size), unit);
}

/** "14:03", and for older messages the day before it. */
export function messageTime(iso) {
  const moment = new Date(iso);
  const clock = moment.toLocaleTimeString(undefined, { timeStyle: "short" });
  const days = Math.round((startOfDay(new Date()) - startOfDay(moment)) / 86_400_000);
  if (days === 0) return `Today at ${clock}`;
  if (days === 1) return `Yesterday at ${clock}`;
  return `${moment.toLocaleDateString()} ${clock}`;
}

export const dayName = (iso) => new Date(iso).toLocaleDateString(undefined, { dateStyle: "long" });
export const hour = (iso) => new Date(iso).toLocaleTimeString(undefined, { timeStyle: "short" });

const startOfDay = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();

setInterval(() => {
  for (const element of document.querySelectorAll("time[data-counts]")) {
    const words = ago(Number(element.dataset.counts), element.dataset.style);
    if (element.textContent !== words) element.textContent = words;
  }
}, 1000);
