// Which troubles are switched on, in words. Shared by the panel and the header.

import { state } from "../state.js";

/** The labels of what misbehaves at the moment; a bot that does not run counts. */
export function activeTroubles() {
  const { backstage } = state;
  if (!backstage) return [];
  const switched = backstage.groups.flatMap((group) => group.troubles.filter((one) => one.is_on).map((one) => `${group.name}: ${one.label}`));
  const words = backstage.automod_words.map((word) => `Discord: AutoMod blocks “${word}”`);
  const stopped = backstage.bot.state === "running" ? [] : [`Bot ${backstage.bot.state}`];
  return [...switched, ...words, ...stopped];
}
