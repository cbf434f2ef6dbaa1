// Where one writes. Plain text lives here; a command moves into the command bar.

import { connection } from "../connection.js";
import { fill, h, iconButton } from "../dom.js";
import { icon } from "../icons.js";
import { hiddenFileInput } from "../floating/file-picker.js";
import { openMenu } from "../floating/menu.js";
import { complain, tell } from "../floating/toast.js";
import { startEditingLast } from "../messages/editing.js";
import { application, channel, on, replyTo, state, user } from "../state.js";
import { CommandBar } from "./command-bar.js";
import { matching, slashCommands } from "./commands.js";
import { Completion } from "./completion.js";
import { growingField } from "./growing.js";
import { candidates, withMarks } from "./mentions.js";
import { Tray } from "./tray.js";

const LONGEST_MESSAGE = 2000;
const COUNT_FROM = 1800;
const drafts = new Map();

const completion = new Completion();
const tray = new Tray();
const bar = new CommandBar(completion, leaveCommand);
const { frame, field, fit } = growingField({ "aria-autocomplete": "list", "aria-haspopup": "listbox", "data-testid": "composer" });
const lettersLeft = h("span", { class: "letters-left", hidden: true });
const replyBar = h("div", { class: "reply-bar", hidden: true });
const picker = hiddenFileInput("Upload a file", takeFiles);
const plus = iconButton("Add files or use a command", icon("plus"), (event) => openPlusMenu(event.currentTarget), { "aria-haspopup": "menu" });
const box = h("div", { class: "composer-box" }, tray.element, bar.zones, h("div", { class: "composer-row" }, plus, frame, bar.element, lettersLeft));

export const composer = h("form", { class: "composer", "aria-label": "Write" }, completion.element, replyBar, box, picker);

field.addEventListener("input", textChanged);
field.addEventListener("click", suggest);
field.addEventListener("blur", () => completion.hide());
field.addEventListener("keydown", keyInText);
composer.addEventListener("submit", (event) => event.preventDefault());
composer.addEventListener("paste", ({ clipboardData }) => clipboardData.files.length && takeFiles([...clipboardData.files]));

on("place", placeChanged);
on("guilds", showPlaceholder);
on("reply", showReply);

let lastPlace = null;

function placeChanged() {
  if (lastPlace) drafts.set(lastPlace, field.value);
  lastPlace = state.channelId && `${state.me.id}/${state.channelId}`;
  leaveCommand(drafts.get(lastPlace) ?? "", { focuses: false });
  tray.clear();
  showPlaceholder();
}

function showPlaceholder() {
  const place = channel();
  const name = place ? `${place.is_thread ? "" : "#"}${place.name}` : "";
  const words = place?.can_send ? `Message ${name}` : "You do not have permission to send messages in this channel.";
  field.placeholder = words;
  field.setAttribute("aria-label", words);
  field.disabled = plus.disabled = !place?.can_send;
  composer.classList.toggle("forbidden", !place?.can_send);
}

/** Back to plain text, with these words in the field. */
function leaveCommand(text, { focuses = true } = {}) {
  bar.close();
  frame.hidden = false;
  setText(text);
  if (focuses) field.focus();
  if (focuses && text) suggest();
}

function setText(text) {
  field.value = text;
  fit();
  countLetters();
}

function textChanged() {
  countLetters();
  suggest();
}

function countLetters() {
  const left = LONGEST_MESSAGE - [...field.value].length;
  lettersLeft.hidden = left > LONGEST_MESSAGE - COUNT_FROM;
  lettersLeft.textContent = left;
  lettersLeft.classList.toggle("over", left < 0);
}

function suggest() {
  if (/^\/[^\n]*$/.test(field.value) && suggestCommands(field.value.slice(1))) return;
  const found = candidates(field.value, field.selectionStart);
  if (!found?.items.length) {
    completion.hide();
    return;
  }
  const items = found.items.map((one) => ({ ...one, small: true, choose: () => insertMention(found.start, one.text) }));
  completion.show(field, { heading: "Members, roles and channels", items });
}

function suggestCommands(text) {
  const commands = slashCommands();
  const exact = commands.find((one) => text === `${one.name} `);
  if (exact) {
    chooseCommand(exact);
    return true;
  }
  const app = application();
  const items = matching(commands, text).map((one) => ({
    label: `/${one.name}`, note: one.description, picture: app.avatar_url, aside: app.name, choose: () => chooseCommand(one),
  }));
  if (!items.length && text.includes(" ")) return false;
  const why = commands.length ? "No command matches." : "There are no commands here yet. Is the bot running? Look at Backstage.";
  completion.show(field, { heading: app.name, items, say: items.length ? null : why });
  return true;
}

function chooseCommand(command) {
  setText("");
  frame.hidden = true;
  replyTo(null);
  bar.open(command);
}

function insertMention(start, text) {
  const after = field.value.slice(field.selectionStart);
  const before = `${field.value.slice(0, start)}${text} `;
  setText(before + after);
  field.setSelectionRange(before.length, before.length);
  completion.hide();
}

function keyInText(event) {
  if (completion.takes(event)) return;
  if (event.key === "Escape" && state.replyTo) replyTo(null);
  if (event.key === "ArrowUp" && !field.value) {
    event.preventDefault();
    startEditingLast();
  }
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  say();
}

async function say() {
  const text = field.value.trim();
  const { files } = tray;
  if (!text && !files.length) return;
  if ([...text].length > LONGEST_MESSAGE) {
    tell(`Your message is too long: Discord takes ${LONGEST_MESSAGE} characters.`, { isBad: true });
    return;
  }
  const answering = state.replyTo;
  const place = state.channelId;
  setText("");
  tray.clear();
  replyTo(null);
  try {
    const keys = await Promise.all(files.map((file) => connection.upload(file)));
    await connection.act("say", {
      channel_id: place, content: withMarks(text), files: keys, reply_to: answering?.message.id ?? null, pings_author: answering?.isPinging ?? true,
    });
  } catch (error) {
    if (!field.value && place === state.channelId) setText(text);
    complain(error);
  }
}

function showReply() {
  replyBar.hidden = !state.replyTo;
  if (!state.replyTo) return;
  const { message, isPinging } = state.replyTo;
  const ping = h("button", { type: "button", class: "ping", "aria-pressed": isPinging, title: "Mention the author", onclick: () => {
    state.replyTo.isPinging = !state.replyTo.isPinging;
    showReply();
  } }, isPinging ? "@ On" : "@ Off");
  fill(replyBar, h("span", {}, "Replying to ", h("strong", {}, user(message.author_id).name)), ping, iconButton("Stop replying", icon("close"), () => replyTo(null)));
  if (bar.isOpen) leaveCommand("");
  field.focus();
}

function openPlusMenu(anchor) {
  const items = [
    { label: "Upload a File", icon: "upload", act: () => picker.click() },
    { label: "Use a Command", icon: "apps", act: () => {
      setText("/");
      field.focus();
      suggest();
    } },
  ];
  openMenu("Add", items, { anchor, isAbove: true });
}

/** Files from the picker, the clipboard or a drop anywhere on the conversation. */
export function takeFiles(files) {
  if (!files.length || !channel()?.can_send) return;
  if (bar.isOpen && bar.takeFiles(files)) return;
  tray.add(files);
  if (!bar.isOpen) field.focus();
}

/** Typing anywhere on the page, with nothing else focused, goes to the composer. */
export function focusComposer() {
  if (!bar.isOpen && !field.disabled) field.focus();
}
