// The column beside the servers: the channels of the chosen one, and at its foot who one is.

import { fill, h, iconButton } from "./dom.js";
import { closeDrawer } from "./drawers.js";
import { icon } from "./icons.js";
import { currentLook, switchLook } from "./look.js";
import { languageName, openLanguages, openPeople } from "./people.js";
import { goTo, guild, on, state } from "./state.js";

const title = h("h2", {});
const channels = h("nav", { class: "channels", "aria-label": "Channels" });
const whoami = h("div", { class: "whoami", role: "group", "aria-label": "You" });

export const side = h("section", { class: "side", "aria-label": "Server" }, h("div", { class: "side-header" }, title), channels, whoami);

for (const topic of ["guilds", "place", "unread"]) on(topic, drawChannels);
on("everything", drawYou);
on("look", drawYou);

function drawChannels() {
  const place = guild();
  if (!place) return;
  title.textContent = place.name;
  fill(channels, h("h3", {}, "Text channels"), h("ul", {}, place.channels.map((one) => h("li", {}, channelButton(place, one)))));
}

function channelButton(place, channel) {
  const isUnread = state.unread.has(channel.id);
  const mentions = state.unread.get(channel.id) ?? 0;
  const classes = ["channel", channel.is_thread && "thread", isUnread && "unread"].filter(Boolean).join(" ");
  const kind = channel.is_thread ? "thread" : channel.is_age_restricted ? "age-restricted channel" : "channel";
  return h(
    "button",
    {
      type: "button", class: classes, "aria-label": `${channel.name} (${kind}${isUnread ? ", unread" : ""})`,
      "aria-current": channel.id === state.channelId ? "true" : null,
      onclick: () => {
        goTo(place.id, channel.id);
        closeDrawer();
      },
    },
    icon(channel.is_age_restricted ? "warning" : channel.is_thread ? "thread" : "hash"),
    h("span", {}, channel.name),
    mentions > 0 && h("span", { class: "badge" }, mentions),
  );
}

function drawYou() {
  if (!state.me) return;
  const isDark = currentLook() === "dark";
  const me = state.people.find((one) => one.key === state.me.username);
  const person = h(
    "button",
    { type: "button", class: "whoami-person", "aria-label": `You are ${state.me.name} (${me.label}). Switch person`, "aria-haspopup": "menu", onclick: (event) => openPeople(event.currentTarget) },
    h("span", { class: "with-status" }, h("img", { class: "avatar", src: state.me.avatar_url, alt: "", width: 32, height: 32 })),
    h("span", {}, h("strong", {}, state.me.name), h("small", {}, me.label)),
    icon("down"),
  );
  const language = h(
    "button",
    {
      type: "button", class: "icon-button", "aria-label": `Language: ${languageName(state.me.locale)}`, title: "Language", "aria-haspopup": "menu",
      onclick: (event) => openLanguages(event.currentTarget),
    },
    state.me.locale.slice(0, 2).toUpperCase(),
  );
  fill(whoami, person, language, iconButton(isDark ? "Light look" : "Dark look", icon(isDark ? "sun" : "moon"), switchLook));
}
