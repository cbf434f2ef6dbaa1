// The tree of a message as elements. Knows names, colours and places from the state.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { linkTarget, openLink } from "../links.js";
import { channel as currentChannel, colour, role, state, user } from "../state.js";
import { parse } from "./parse.js";
import { timeElement } from "./time.js";

const EMOJI_ONLY = /^(?:\s*(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*){1,12}\s*$/u;
const EMOJI = /((?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2})(?:\uFE0F|\u200D\p{Extended_Pictographic}|\p{Emoji_Modifier})*)/u;
const DIGIT_OR_SIGN = /^[\d#*©®™]/;

const ELEMENTS = {
  text: (node) => withEmoji(node.value),
  strong: (node) => h("strong", {}, nodes(node.children)),
  emphasis: (node) => h("em", {}, nodes(node.children)),
  underline: (node) => h("u", {}, nodes(node.children)),
  struck: (node) => h("s", {}, nodes(node.children)),
  spoiler: (node) => spoiler(nodes(node.children)),
  code: (node) => h("code", {}, node.code),
  block: (node) => h("pre", {}, h("code", { "data-language": node.language }, node.code)),
  quote: (node) => h("blockquote", {}, h("div", {}, nodes(node.children))),
  heading: (node) => h(`h${node.level}`, {}, nodes(node.children)),
  subtext: (node) => h("div", { class: "subtext" }, nodes(node.children)),
  list: (node) => h(node.isOrdered ? "ol" : "ul", node.isOrdered ? { start: node.start } : {}, node.items.map((item) => h("li", {}, nodes(item)))),
  link: (node) => link(node),
  user: (node) => h("span", { class: "mention" }, `@${user(node.id).name}`),
  role: (node) => roleMention(role(node.id)),
  channel: (node) => channelMention(node.id),
  command: (node) => h("span", { class: "mention" }, `/${node.name}`),
  everyone: (node) => h("span", { class: "mention" }, node.name),
  time: (node) => timeElement(node.seconds, node.style),
};

/** A block of rendered Markdown. */
export function markdown(source, { isMessage = false } = {}) {
  const isJumbo = isMessage && EMOJI_ONLY.test(source) && !DIGIT_OR_SIGN.test(source);
  return h("div", { class: isJumbo ? "markdown jumbo" : "markdown" }, nodes(parse(source)));
}

/** The same without line breaks and markup, for previews. */
export function plainText(source) {
  const block = markdown(source);
  for (const part of block.querySelectorAll("div, li, pre, blockquote, h1, h2, h3")) part.before(" ");
  return block.textContent.replace(/\s+/g, " ").trim();
}

const nodes = (list) => list.map((node) => ELEMENTS[node.type](node));

function withEmoji(value) {
  return value.split(EMOJI).map((part, index) => (index % 2 && !DIGIT_OR_SIGN.test(part) ? h("span", { class: "emoji" }, part) : part));
}

function link(node) {
  const place = linkTarget(node.url);
  const label = node.children.length === 1 && node.children[0].value === node.url;
  if (place && label) return placeMention(place, node.url);
  return h("a", { href: node.url, target: "_blank", rel: "noreferrer noopener", onclick: (event) => openLink(event, node.url) }, nodes(node.children));
}

function placeMention(place, url) {
  const name = state.channels.get(place.channelId)?.name ?? "unknown";
  return h(
    "a", { class: "mention", href: url, onclick: (event) => openLink(event, url) },
    icon("hash"), name, place.messageId && [" › ", h("span", { "aria-label": "message" }, "message")],
  );
}

function channelMention(id) {
  const target = state.channels.get(id);
  if (!target) return h("span", { class: "mention" }, "#unknown");
  const url = `https://discord.com/channels/${currentChannel()?.guild_id}/${id}`;
  return h("a", { class: "mention", href: url, onclick: (event) => openLink(event, url) }, icon(target.is_thread ? "thread" : "hash"), target.name);
}

function roleMention(target) {
  if (!target) return h("span", { class: "mention" }, "@unknown-role");
  return h("span", { class: "mention", style: target.color ? { color: colour(target.color) } : {} }, `@${target.name}`);
}

function spoiler(children) {
  const show = () => {
    element.classList.add("shown");
    element.removeAttribute("role");
    element.removeAttribute("aria-label");
    element.tabIndex = -1;
  };
  const element = h(
    "span",
    {
      class: "spoiler", role: "button", "aria-label": "Spoiler: press to show", tabIndex: 0, onclick: show,
      onkeydown: (event) => event.key === "Enter" && show(),
    },
    h("span", {}, children),
  );
  return element;
}
