// The column of servers.

import { fill, h } from "./dom.js";
import { goTo, on, state } from "./state.js";

const list = h("ul", { class: "rail-list" });
export const rail = h("nav", { class: "rail", "aria-label": "Servers" }, list);

for (const topic of ["everything", "guilds", "place", "unread"]) on(topic, draw);

function draw() {
  fill(list, [...state.guilds.values()].map(server));
}

function server(guild) {
  const own = guild.channels.filter((one) => state.unread.has(one.id));
  const mentions = own.reduce((sum, one) => sum + state.unread.get(one.id), 0);
  const isCurrent = guild.id === state.guildId;
  return h(
    "li", { class: own.length && !isCurrent ? "unread" : "" },
    h(
      "button",
      { type: "button", "aria-label": mentions ? `${guild.name}, ${mentions} mentions` : guild.name, title: guild.name, "aria-current": isCurrent ? "true" : null, onclick: () => goTo(guild.id) },
      h("img", { src: guild.icon_url, alt: "", width: 48, height: 48 }),
    ),
    mentions > 0 && h("span", { class: "badge", "aria-hidden": "true" }, mentions),
  );
}
