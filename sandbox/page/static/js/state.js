// What the chosen person sees, as the sandbox told it, and which place they look at. Shows nothing itself.

/** Topics: `everything`, `place`, `guilds`, `unread`, `online`, `reply`, `typing`, `look`, `aside`, `drawer-closed`, `local`, `jump`, `messages` (detail: kind, message), `backstage`, `log`. */
const topics = new EventTarget();

export const state = {
  me: null,
  people: [],
  users: new Map(),
  guilds: new Map(),
  channels: new Map(),
  messages: new Map(),
  /** Channel id → how many unread messages mention the person; a channel without news is absent. */
  unread: new Map(),
  typing: new Map(),
  guildId: null,
  channelId: null,
  replyTo: null,
  isOnline: false,
  backstage: null,
  log: [],
};

export function on(topic, listener) {
  topics.addEventListener(topic, (event) => listener(event.detail));
}

export function announce(topic, detail) {
  topics.dispatchEvent(new CustomEvent(topic, { detail }));
}

export const guild = () => state.guilds.get(state.guildId);
export const channel = () => state.channels.get(state.channelId);
export const user = (id) => state.users.get(id) ?? { id, name: "unknown-user", username: "unknown", avatar_url: `/avatars/${id}.svg` };
export const member = (userId, ofGuild = guild()) => ofGuild?.members.find((one) => one.user_id === userId);
export const role = (id) => guild()?.roles.find((one) => one.id === id);
export const message = (id) => state.messages.get(state.channelId)?.get(id);
export const application = () => guild()?.application;

/** The commands of a type (1 slash, 3 message menu) that the person may use in this channel. */
export function usableCommands(type) {
  const ids = channel()?.command_ids ?? [];
  return guild().commands.filter((one) => one.type === type && ids.includes(one.id));
}

/** The colour of the member's highest coloured role, as CSS; undefined without one. */
export function nameColour(userId) {
  const roles = member(userId)?.roles ?? [];
  const coloured = (guild()?.roles ?? []).filter((one) => roles.includes(one.id) && one.color);
  const highest = coloured.sort((a, b) => b.position - a.position)[0];
  return highest && colour(highest.color);
}

export const colour = (number) => `#${number.toString(16).padStart(6, "0")}`;

/** Goes to a channel; without an id to the guild's last or first one. */
export function goTo(guildId, channelId) {
  const place = state.guilds.get(guildId) ?? state.guilds.values().next().value;
  if (!place) return;
  const known = place.channels.some((one) => one.id === channelId);
  const remembered = sessionStorage.getItem(`channel-of-${place.id}`);
  const last = place.channels.some((one) => one.id === remembered) ? remembered : place.channels[0]?.id;
  state.guildId = place.id;
  state.channelId = known ? channelId : last;
  state.replyTo = null;
  state.unread.delete(state.channelId);
  sessionStorage.setItem(`channel-of-${place.id}`, state.channelId);
  announce("place");
  announce("unread");
  announce("reply");
}

export function replyTo(target) {
  state.replyTo = target && { message: target, isPinging: true };
  announce("reply");
}
