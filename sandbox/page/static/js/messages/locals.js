// Lines that exist on this screen only: a command on its way, and one that the bot did not answer.

import { avatar, h } from "../dom.js";
import { icon } from "../icons.js";
import { announce, state, user } from "../state.js";

const SHOW_SENDING_AFTER_MS = 400;

/** A line at the end of the conversation; `becomeFailed` turns it into Discord's "did not respond". */
export function showLocal({ authorId, used }) {
  const author = user(authorId);
  const body = h("div", { class: "message-body" }, h("div", { class: "thinking" }, dots(), "Sending command…"));
  const me = user(state.me.id);
  const item = h(
    "div", { class: "message first has-line", role: "article", "aria-label": `${used}: on its way` },
    h("div", { class: "message-line" }, avatar(me, 16), h("span", { class: "name" }, me.name), " used ", h("code", {}, used)),
    avatar(author),
    h("div", { class: "message-head" }, h("span", { class: "name" }, author.name), h("span", { class: "tag" }, "App")),
    body,
  );
  const soon = setTimeout(() => announce("local", item), SHOW_SENDING_AFTER_MS);
  const remove = () => {
    clearTimeout(soon);
    item.remove();
  };
  const becomeFailed = () => {
    clearTimeout(soon);
    item.classList.add("ephemeral");
    item.setAttribute("aria-label", `${used}: the application did not respond`);
    body.replaceChildren(h("div", { class: "failure", role: "alert" }, icon("warning"), "The application did not respond"));
    item.append(h("div", { class: "only-you" }, icon("eye"), "Only you can see this ·", h("button", { type: "button", onclick: remove }, "Dismiss message")));
    announce("local", item);
  };
  return { remove, becomeFailed };
}

const dots = () => h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
