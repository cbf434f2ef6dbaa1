// One message as an element: who, when, what, and the line above it.

import { avatar, h } from "../dom.js";
import { icon } from "../icons.js";
import { jumpTo } from "../links.js";
import { markdown, plainText } from "../markdown/render.js";
import { hour, messageTime } from "../markdown/time.js";
import { connection } from "../connection.js";
import { nameColour, state, user } from "../state.js";
import { complain } from "../floating/toast.js";
import { attachments } from "./attachments.js";
import { components } from "./components.js";
import { embeds } from "./embeds.js";
import { toolbar } from "./toolbar.js";

const LONGEST_GIST = 80;
const SAME_GROUP_MS = 7 * 60 * 1000;

/** The list item for a message; it joins the message before it if both are of one author and moment. */
export function messageElement(message, before) {
  const author = user(message.author_id);
  const line = topLine(message);
  const isFirst = line !== null || !belongsTo(message, before);
  const item = h(
    "div",
    {
      id: `message-${message.id}`, class: classes(message, isFirst, line), data: { messageId: message.id },
      role: "article", "aria-label": `${author.name}: ${gist(message)}`, tabIndex: -1,
    },
    line,
    isFirst ? avatar(author) : h("time", { class: "hour", datetime: message.created_at }, hour(message.created_at)),
    isFirst && head(message, author),
    h("div", { class: "message-body" }, body(message, author)),
    message.is_ephemeral && onlyYou(message),
  );
  if (!message.is_thinking) item.append(toolbar(message, item));
  return item;
}

/** A few words for those who cannot see the message. */
function gist(message) {
  const card = message.embeds[0];
  const words = message.content || card?.title || card?.description || message.attachments[0]?.filename || "";
  return plainText(words).slice(0, LONGEST_GIST);
}

function classes(message, isFirst, line) {
  const names = ["message"];
  if (isFirst) names.push("first");
  if (line) names.push("has-line");
  if (message.is_ephemeral) names.push("ephemeral");
  if (message.mentions.includes(state.me.id) && message.author_id !== state.me.id) names.push("mentions-me");
  if (state.replyTo?.message.id === message.id) names.push("replying");
  return names.join(" ");
}

function belongsTo(message, before) {
  return before
    && before.author_id === message.author_id
    && before.is_ephemeral === message.is_ephemeral
    && new Date(message.created_at) - new Date(before.created_at) < SAME_GROUP_MS;
}

function nameElement(author) {
  const colour = nameColour(author.id);
  return h("span", { class: "name", style: colour ? { "--name": colour } : {} }, author.name);
}

const appTag = (author) => author.is_bot && h("span", { class: "tag" }, "App");

function head(message, author) {
  return h(
    "div", { class: "message-head" },
    nameElement(author), appTag(author),
    h("time", { datetime: message.created_at, title: new Date(message.created_at).toLocaleString() }, messageTime(message.created_at)),
  );
}

function topLine(message) {
  if (message.used) {
    const person = user(message.used.user_id);
    return h("div", { class: "message-line" }, avatar(person, 16), nameElement(person), " used ", h("code", {}, message.used.command));
  }
  if (!message.reply_to) return null;
  const { id, author_id: authorId, content, has_attachments: hasAttachments } = message.reply_to;
  if (!authorId) return h("div", { class: "message-line" }, icon("reply"), h("em", { class: "preview" }, "Original message was deleted"));
  const person = user(authorId);
  const preview = h(
    "button",
    {
      type: "button", class: "preview", "aria-label": `Jump to the message by ${person.name}`,
      onclick: () => jumpTo({ channelId: message.channel_id, messageId: id }),
    },
    content ? plainText(content) : h("em", {}, "Click to see attachment"), hasAttachments && icon("picture"),
  );
  return h("div", { class: "message-line" }, avatar(person, 16), appTag(person), nameElement(person), preview);
}

function body(message, author) {
  if (message.is_thinking) {
    return h("div", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${author.name} is thinking…`);
  }
  return [message.content && text(message), attachments(message), embeds(message), components(message)];
}

function text(message) {
  const content = markdown(message.content, { isMessage: true });
  if (message.edited_at) {
    content.append(" ", h("span", { class: "edited", title: new Date(message.edited_at).toLocaleString() }, "(edited)"));
  }
  return content;
}

function onlyYou(message) {
  const dismiss = () => connection.act("delete", { message_id: message.id }).catch(complain);
  return h("div", { class: "only-you" }, icon("eye"), "Only you can see this ·", h("button", { type: "button", onclick: dismiss }, "Dismiss message"));
}
