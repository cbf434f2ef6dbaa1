// Links: those to a message or channel of this Discord stay on the page, others open in a new tab.

import { tell } from "./floating/toast.js";
import { announce, goTo, state } from "./state.js";

const PLACE = /^https:\/\/(?:\w+\.)?discord(?:app)?\.com\/channels\/(\d+)\/(\d+)(?:\/(\d+))?\/?$/;

/** The guild, channel and message that a link leads to, if it leads to one that the person sees. */
export function linkTarget(url) {
  const match = PLACE.exec(url);
  if (!match || !state.channels.has(match[2])) return null;
  return { guildId: match[1], channelId: match[2], messageId: match[3] };
}

export const messageLink = (message) =>
  `https://discord.com/channels/${state.channels.get(message.channel_id).guild_id}/${message.channel_id}/${message.id}`;

/** A click on a link: one to a message stays on the page, also if the person cannot see that message. */
export function openLink(event, url) {
  if (!PLACE.test(url)) return;
  event.preventDefault();
  const place = linkTarget(url);
  if (place) jumpTo(place);
  else tell("You have no access to the channel that this leads to.", { isBad: true });
}

export function jumpTo({ guildId, channelId, messageId }) {
  if (channelId !== state.channelId) goTo(guildId ?? state.channels.get(channelId).guild_id, channelId);
  if (messageId) announce("jump", messageId);
}
