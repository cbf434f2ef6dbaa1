// "Lantern is typing…"

import { fill, h } from "./dom.js";
import { on, state, user } from "./state.js";

export const typingLine = h("div", { class: "typing", "aria-live": "polite" });

for (const topic of ["typing", "place", "messages"]) on(topic, draw);

function draw() {
  const now = Date.now();
  const names = [...state.typing].filter(([, one]) => one.channelId === state.channelId && one.until > now).map(([id]) => user(id).name);
  const words = names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)} are typing…` : `${names[0]} is typing…`;
  fill(typingLine, names.length > 0 && [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), words]);
}
