// The members of the server, under their highest role.

import { fill, h } from "./dom.js";
import { application, guild, nameColour, on, state, user } from "./state.js";

export const members = h("aside", { class: "members", "aria-label": "Members" });

for (const topic of ["everything", "guilds", "place", "online"]) on(topic, draw);

function draw() {
  const place = guild();
  if (!place) return;
  const bot = application()?.user_id;
  const byName = [...place.members].sort((a, b) => user(a.user_id).name.localeCompare(user(b.user_id).name));
  const present = byName.filter((one) => one.user_id !== bot || state.isOnline);
  const away = byName.filter((one) => one.user_id === bot && !state.isOnline);
  const ranked = place.roles.filter((one) => !one.is_everyone).sort((a, b) => b.position - a.position);
  const highest = (one) => ranked.find((role) => one.roles.includes(role.id));
  const groups = [...ranked.map((role) => [role.name, present.filter((one) => highest(one) === role)]), ["Online", present.filter((one) => !highest(one))], ["Offline", away]];
  fill(members, groups.filter(([, list]) => list.length).map(([name, list]) => group(name, list)));
}

function group(name, list) {
  return [h("h3", {}, `${name} — ${list.length}`), h("ul", {}, list.map((one) => memberRow(user(one.user_id), name === "Offline")))];
}

function memberRow(person, isOffline) {
  const colour = nameColour(person.id);
  return h(
    "li", { class: isOffline ? "member offline" : "member" },
    h("span", { class: isOffline ? "with-status offline" : "with-status" }, h("img", { class: "avatar", src: person.avatar_url, alt: "", width: 32, height: 32 })),
    h("span", { class: "name", style: colour ? { "--name": colour } : {} }, person.name),
    person.is_bot && h("span", { class: "tag" }, "App"),
  );
}
