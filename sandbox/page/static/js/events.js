// Turns what the sandbox tells into changes of the state. The only place that reads events.

import { connection } from "./connection.js";
import { announce, goTo, state } from "./state.js";

const LOG_LINES_KEPT = 400;
const TYPING_MS = 10_000;

const byEvent = {
  snapshot(event) {
    state.me = event.me;
    state.people = event.people;
    state.isOnline = event.is_online;
    state.backstage = event.backstage;
    state.log = event.log;
    state.messages = new Map(Object.entries(event.messages).map(([id, list]) => [id, new Map(list.map((one) => [one.id, one]))]));
    state.unread.clear();
    state.typing.clear();
    takeUsers(event.users);
    takeGuilds(event.guilds);
    document.title = `${state.me.name} · Sandbox`;
    announce("everything");
    const [, guildId, channelId] = location.hash.slice(1).split("/");
    goTo(guildId ?? state.guildId, channelId ?? state.channelId);
  },

  guilds(event) {
    takeUsers(event.users);
    takeGuilds(event.guilds);
    announce("guilds");
    if (!state.channels.has(state.channelId)) goTo(state.guildId);
  },

  message_created({ message }) {
    const list = state.messages.get(message.channel_id) ?? new Map();
    state.messages.set(message.channel_id, list.set(message.id, message));
    state.typing.delete(message.author_id);
    noteUnread(message);
    announce("messages", { kind: "created", message });
  },

  message_updated({ message }) {
    state.messages.get(message.channel_id)?.set(message.id, message);
    announce("messages", { kind: "updated", message });
  },

  message_deleted({ message }) {
    state.messages.get(message.channel_id)?.delete(message.id);
    for (const reply of state.messages.get(message.channel_id)?.values() ?? []) {
      if (reply.reply_to?.id === message.id) byEvent.message_updated({ message: { ...reply, reply_to: { id: message.id, author_id: null } } });
    }
    if (state.replyTo?.message.id === message.id) {
      state.replyTo = null;
      announce("reply");
    }
    announce("messages", { kind: "deleted", message });
  },

  typing({ user_id: userId, channel_id: channelId }) {
    state.typing.set(userId, { channelId, until: Date.now() + TYPING_MS });
    setTimeout(() => announce("typing"), TYPING_MS + 50);
    announce("typing");
  },

  online({ is_online: isOnline }) {
    state.isOnline = isOnline;
    announce("online");
  },

  backstage({ backstage }) {
    state.backstage = backstage;
    announce("backstage");
  },

  log({ lines }) {
    state.log = [...state.log, ...lines].slice(-LOG_LINES_KEPT);
    announce("log", lines);
  },
};

function takeUsers(users) {
  state.users = new Map(users.map((one) => [one.id, one]));
}

function takeGuilds(guilds) {
  state.guilds = new Map(guilds.map((one) => [one.id, one]));
  state.channels = new Map(guilds.flatMap((one) => one.channels.map((channel) => [channel.id, { ...channel, guild_id: one.id }])));
}

function noteUnread(message) {
  if (message.author_id === state.me.id || (message.channel_id === state.channelId && !document.hidden)) return;
  const mentions = (state.unread.get(message.channel_id) ?? 0) + (message.mentions.includes(state.me.id) ? 1 : 0);
  state.unread.set(message.channel_id, mentions);
  announce("unread");
}

connection.addEventListener("event", ({ detail }) => byEvent[detail.type]?.(detail));
