// From a person's act to the bot's first answer: what shows meanwhile, and what shows if it fails.

import { connection, Refused } from "./connection.js";
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { openBotModal } from "./floating/bot-modal.js";
import { complain } from "./floating/toast.js";
import { application, state } from "./state.js";
import { showLocal } from "./messages/locals.js";

const SHOW_WAITING_AFTER_MS = 250;

/** Presses a button or chooses in a menu of a message; the element shows dots until the bot has answered. */
export async function interactWith(element, message, action, parameters) {
  clearFailure(message.id);
  const waiting = setTimeout(() => showWaiting(message.id, parameters.custom_id), SHOW_WAITING_AFTER_MS);
  element.setAttribute("aria-busy", "true");
  try {
    take(await connection.act(action, { message_id: message.id, ...parameters }), () => showFailure(message.id));
  } catch (error) {
    complainOf(error);
  } finally {
    clearTimeout(waiting);
    element.removeAttribute("aria-busy");
    hideWaiting(message.id);
  }
}

/** Runs a slash command; resolves with whether it was taken, so that the composer may be emptied. */
export async function runSlash(parameters) {
  return runCommand(`/${parameters.command}`, "slash", parameters);
}

export async function runMenuCommand(command, message) {
  return runCommand(command.name, "menu", { message_id: message.id, command: command.name });
}

async function runCommand(name, action, parameters) {
  const app = application();
  const local = showLocal({ authorId: app.user_id, used: name, state: "sending" });
  try {
    const answer = await connection.act(action, { channel_id: state.channelId, ...parameters });
    take(answer, () => local.becomeFailed());
    if (!answer.has_failed) local.remove();
    return true;
  } catch (error) {
    local.remove();
    complainOf(error);
    return false;
  }
}

/** Sends what was filled into a bot's modal; resolves with the words of what went wrong, or null. */
async function submitModal(modal, values) {
  const answer = await connection.act("submit", { modal_id: modal.id, values });
  if (answer.has_failed) return "Something went wrong. Try again.";
  take(answer, () => {});
  return null;
}

function take(answer, onfailed) {
  if (answer.has_failed) onfailed();
  else if (answer.modal) openBotModal(answer.modal, submitModal);
}

function complainOf(error) {
  if (!(error instanceof Refused)) throw error;
  complain(error);
}

function messageButton(messageId, customId) {
  return document.querySelector(`#message-${messageId} [data-custom-id="${CSS.escape(customId)}"]`);
}

function showWaiting(messageId, customId) {
  const button = messageButton(messageId, customId);
  if (!button?.matches(".button")) return;
  button.classList.add("waiting");
  button.append(h("span", { class: "dots" }, h("i"), h("i"), h("i")));
}

function hideWaiting(messageId) {
  for (const button of document.querySelectorAll(`#message-${messageId} .waiting`)) {
    button.classList.remove("waiting");
    button.querySelector(".dots")?.remove();
  }
}

function showFailure(messageId) {
  document.querySelector(`#message-${messageId} .components`)?.append(h("div", { class: "failure", role: "alert" }, icon("warning"), "This interaction failed"));
}

function clearFailure(messageId) {
  document.querySelector(`#message-${messageId} .components .failure`)?.remove();
}
