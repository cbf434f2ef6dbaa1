// Buttons, select menus and the newer layout parts of a message, by their numbers in Discord's API.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { openLink } from "../links.js";
import { markdown } from "../markdown/render.js";
import { colour } from "../state.js";
import { selectMenu } from "../floating/select.js";
import { interactWith } from "../interactions.js";
import { attachments, pictureGrid } from "./attachments.js";

const STYLES = { 1: "primary", 2: "", 3: "success", 4: "danger", 5: "" };
const LINK = 5;

const PARTS = {
  1: (part, message) => h("div", { class: "action-row" }, part.components.map((one) => render(one, message))),
  2: button,
  3: select, 5: select, 6: select, 7: select, 8: select,
  9: (part, message) => h("div", { class: "section" }, h("div", {}, part.components.map((one) => render(one, message))), render(part.accessory, message)),
  10: (part) => markdown(part.content),
  11: (part) => h("img", { class: "thumbnail", src: part.media.url, alt: part.description ?? "" }),
  12: (part) => pictureGrid(part.items.map((one) => ({ ...one.media, description: one.description, is_spoiler: one.spoiler }))),
  13: (part) => attachments({ attachments: [{ ...part.file, filename: part.name, size: part.size ?? 0 }] }),
  14: () => h("hr", { class: "separator" }),
  17: container,
};

export function components(message) {
  if (!message.components.length) return null;
  return h("div", { class: "components" }, message.components.map((part) => render(part, message)));
}

function render(part, message) {
  return PARTS[part.type]?.(part, message) ?? null;
}

function container(part, message) {
  const edge = part.accent_color ? { "border-left-color": colour(part.accent_color) } : {};
  return h("div", { class: "container", style: edge }, part.components.map((one) => render(one, message)));
}

function button(part, message) {
  const face = [part.emoji && h("span", { class: "emoji", "aria-hidden": "true" }, part.emoji.name), part.label && h("span", { class: "label" }, part.label)];
  const name = part.label ? undefined : part.emoji?.name;
  if (part.style === LINK) {
    const open = (event) => openLink(event, part.url);
    return h("a", { class: "button", href: part.url, target: "_blank", rel: "noreferrer", "aria-label": name, onclick: open }, face, icon("open"));
  }
  const press = () => interactWith(element, message, "press", { custom_id: part.custom_id });
  const element = h(
    "button",
    {
      type: "button", class: `button ${STYLES[part.style]}`, disabled: Boolean(part.disabled), "aria-label": name, onclick: press,
      data: { customId: part.custom_id },
    },
    face,
  );
  return element;
}

function select(part, message) {
  const element = selectMenu(part, {
    onchosen: (values) => interactWith(element, message, "choose", { custom_id: part.custom_id, values }),
  });
  return element;
}
