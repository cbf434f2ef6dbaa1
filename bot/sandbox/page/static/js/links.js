// Links: those to a message or channel of this Discord stay on the page, others open in a new tab.

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

/** A click on a link: goes there within the page if it can. */
export function openLink(event, url) {
  const place = linkTarget(url);
  if (!place) return;
  event.preventDefault();
  jumpTo(place);
}

export function jumpTo({ guildId, channelId, messageId }) {
  if (channelId !== state.channelId) goTo(guildId ?? state.channels.get(channelId).guild_id, channelId);
  if (messageId) announce("jump", messageId);
}
