// A dialogue that the bot opened: its title, its parts, and what is wrong with them before they are sent.

import { Refused } from "../connection.js";
import { avatar, h, iconButton } from "../dom.js";
import { icon } from "../icons.js";
import { markdown } from "../markdown/render.js";
import { user } from "../state.js";
import { formPart } from "./form-parts.js";
import { openLayer } from "./layer.js";

const TEXT_DISPLAY = 10;
const LABEL = 18;
const ACTION_ROW = 1;

/** `modal` is `{id, title, author_id, components}`; `submit(modal, values)` resolves with what went wrong, or null. */
export function openBotModal(modal, submit) {
  const parts = [];
  const body = h("div", { class: "modal-body" }, modal.components.map((one) => laidOut(one, parts)));
  const error = h("div", { class: "modal-error", role: "alert", hidden: true });
  body.prepend(error);
  const button = h("button", { type: "submit", class: "button primary" }, "Submit");
  const form = h(
    "form", { class: "modal", novalidate: true },
    h("div", { class: "modal-head" }, avatar(user(modal.author_id), 32), h("h2", {}, modal.title), iconButton("Close", icon("close"), () => close())),
    body,
    h("div", { class: "modal-foot" }, h("button", { type: "button", class: "button plain", onclick: () => close() }, "Cancel"), button),
  );
  const send = async () => {
    const wrong = parts.filter((part) => !part.check());
    if (wrong.length) {
      wrong[0].focus();
      return;
    }
    button.disabled = true;
    const problem = await sent(modal, parts, submit);
    button.disabled = false;
    error.textContent = problem ?? "";
    error.hidden = problem === null;
    if (problem === null) close();
    else error.scrollIntoView({ block: "nearest" });
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
  });
  const close = openLayer(h("div", { class: "modal-frame", role: "dialog", "aria-modal": "true", "aria-label": modal.title }, form));
  parts[0]?.focus();
}

/** The words of what went wrong, or null. */
async function sent(modal, parts, submit) {
  try {
    const values = {};
    for (const part of parts) values[part.customId] = await part.value();
    return await submit(modal, values);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return error.message;
  }
}

function laidOut(component, parts) {
  if (component.type === TEXT_DISPLAY) return markdown(component.content);
  if (component.type === LABEL) return added(component.component, { label: component.label, hint: component.description }, parts);
  if (component.type === ACTION_ROW) return component.components.map((one) => added(one, { label: one.label }, parts));
  return null;
}

function added(component, words, parts) {
  const part = formPart(component, words);
  parts.push(part);
  return part.element;
}
