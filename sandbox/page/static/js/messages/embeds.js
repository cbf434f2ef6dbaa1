// Embeds: a card with a coloured edge, in the order that Discord shows its parts.

import { h } from "../dom.js";
import { markdown } from "../markdown/render.js";
import { messageTime } from "../markdown/time.js";
import { openLink } from "../links.js";
import { colour } from "../state.js";
import { pictureGrid } from "./attachments.js";

const COLUMNS = 12;

export function embeds(message) {
  return message.embeds.map(embed);
}

function embed(card) {
  return h(
    "div", { class: "embed", role: "group", "aria-label": card.title ?? "Embed", style: card.color ? { "border-left-color": colour(card.color) } : {} },
    card.thumbnail && h("img", { class: "thumbnail", src: card.thumbnail.url, alt: card.thumbnail.description ?? "" }),
    card.author && h("div", { class: "embed-author" }, card.author.icon_url && h("img", { src: card.author.icon_url, alt: "" }), linked(card.author.name, card.author.url)),
    card.title && title(card),
    card.description && markdown(card.description),
    card.fields?.length > 0 && fields(card.fields),
    card.image && pictureGrid([{ ...card.image, filename: "picture" }]),
    (card.footer || card.timestamp) && footer(card),
  );
}

function title(card) {
  const words = markdown(card.title);
  if (!card.url) return h("div", { class: "embed-title" }, words);
  return h("a", { class: "embed-title", href: card.url, target: "_blank", rel: "noreferrer", onclick: (event) => openLink(event, card.url) }, words);
}

const linked = (text, url) => (url ? h("a", { href: url, target: "_blank", rel: "noreferrer", onclick: (event) => openLink(event, url) }, text) : h("span", {}, text));

function fields(list) {
  return h("dl", { class: "embed-fields" }, list.map((field, index) => {
    const span = `span ${COLUMNS / inlineNeighbours(list, index)}`;
    return h("div", { style: { "grid-column": span } }, h("dt", {}, markdown(field.name)), h("dd", {}, markdown(field.value)));
  }));
}

/** How many fields share the row: inline ones stand together in threes. */
function inlineNeighbours(list, index) {
  if (!list[index].inline) return 1;
  let start = index;
  while (start > 0 && list[start - 1].inline) start -= 1;
  let end = index;
  while (end + 1 < list.length && list[end + 1].inline) end += 1;
  const rowStart = start + Math.floor((index - start) / 3) * 3;
  return Math.min(3, end - rowStart + 1);
}

function footer({ footer: foot, timestamp }) {
  const moment = timestamp && messageTime(timestamp);
  return h(
    "div", { class: "embed-footer" },
    foot?.icon_url && h("img", { src: foot.icon_url, alt: "" }),
    h("span", {}, [foot?.text, moment].filter(Boolean).join(" • ")),
  );
}
