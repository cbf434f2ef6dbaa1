// The conversation: every message of the channel, kept at its end while the reader is there.

import { connection, Refused } from "../connection.js";
import { fill, h } from "../dom.js";
import { tell } from "../floating/toast.js";
import { icon } from "../icons.js";
import { dayName } from "../markdown/time.js";
import { channel, on, state } from "../state.js";
import { messageElement } from "./message.js";

const NEAR_END_PX = 60;

const list = h("div", { class: "message-list" });
const welcome = h("div", { class: "welcome" });
const scroll = h("div", { class: "message-scroll", role: "log", tabIndex: 0 }, welcome, list);
const toPresent = h("button", { type: "button", class: "to-present", hidden: true, onclick: () => goToEnd() }, "Newer messages below · Jump to the present");

export const messageArea = h("div", { class: "messages" }, scroll, toPresent);

let isAtEnd = true;
let seenHeight = 0;
let isLoadingOlder = false;
/** Channels whose first message is known. */
const hasAll = new Set();

scroll.addEventListener("scroll", () => {
  // What grows below the reader also scrolls; only the reader leaves the end.
  const hasGrown = scroll.scrollHeight !== seenHeight;
  seenHeight = scroll.scrollHeight;
  if (hasGrown && isAtEnd) goToEnd();
  isAtEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR_END_PX;
  if (isAtEnd) toPresent.hidden = true;
  if (scroll.scrollTop < NEAR_END_PX) loadOlder();
});
new ResizeObserver(() => isAtEnd && goToEnd()).observe(scroll);
new ResizeObserver(() => isAtEnd && goToEnd()).observe(list);

on("place", () => {
  redraw();
  goToEnd();
  if (channel() && !state.messages.has(state.channelId)) loadOlder();
});
on("guilds", () => {
  const position = scroll.scrollTop;
  redraw();
  if (isAtEnd) goToEnd();
  else scroll.scrollTop = position;
});
on("jump", jump);
on("reply", markReplying);
on("local", (item) => {
  list.append(item);
  goToEnd();
});
on("everything", () => hasAll.clear());
let shownSpeed = null;
on("backstage", () => {
  if (state.backstage.speed === shownSpeed) return;
  shownSpeed = state.backstage.speed;
  welcome.querySelector(".sandbox-note")?.replaceWith(whatThisIs());
});
on("messages", ({ kind, message }) => {
  if (message.channel_id !== state.channelId) return;
  if (kind === "created") append(message);
  else if (kind === "updated") replace(message);
  else remove(message);
});

function messages() {
  return [...(state.messages.get(state.channelId)?.values() ?? [])];
}

function redraw() {
  const place = channel();
  if (!place) return;
  scroll.setAttribute("aria-label", `Messages in ${place.name}`);
  fill(welcome, icon(place.is_thread ? "thread" : "hash"), h("h2", {}, `Welcome to ${place.is_thread ? "" : "#"}${place.name}!`),
    h("p", {}, `This is the start of the ${place.is_thread ? "thread" : "channel"}.`), whatThisIs());
  drawAll();
}

/** What a newcomer has to know: who they are, and what they can break. */
function whatThisIs() {
  const { me, people, backstage } = state;
  const role = people.find((one) => one.key === me.username)?.label ?? "";
  const speed = backstage?.speed ?? 1;
  const pace = speed === 1 ? "Time passes as in life: a picture takes about a minute." : `Time passes ×${speed}, so a picture takes a few seconds: change that in Backstage.`;
  return h("ul", { class: "sandbox-note", "aria-label": "This sandbox" }, [
    [h("strong", {}, `You are ${me.name} (${role}).`), " Type /imagine below. Your name at the bottom left lets you be somebody else: a moderator, an admin, or a member of another server."],
    [h("strong", {}, "Break it."), " Backstage, at the top right, lets the provider and Discord fail, kills the bot, and shows each bill.", backstage?.provider === "live" ? " Images are made by Segmind, and cost money." : " Nothing leaves this machine."],
    [h("strong", {}, "It is quick."), ` ${pace}`],
  ].map((words) => h("li", {}, words)));
}

function drawAll() {
  const all = messages();
  list.replaceChildren(...all.flatMap((message, index) => withDay(message, all[index - 1])));
}

function withDay(message, before) {
  const isNewDay = before && new Date(before.created_at).toDateString() !== new Date(message.created_at).toDateString();
  const element = messageElement(message, isNewDay ? undefined : before);
  return isNewDay ? [h("div", { class: "day", role: "separator" }, dayName(message.created_at)), element] : [element];
}

function append(message) {
  const all = messages();
  list.append(...withDay(message, all[all.length - 2]));
  const isMine = message.author_id === state.me.id || message.used?.user_id === state.me.id || message.is_ephemeral;
  if (isAtEnd || isMine) goToEnd();
  else toPresent.hidden = false;
}

function replace(message) {
  const old = document.getElementById(`message-${message.id}`);
  if (!old) return;
  const focused = old.contains(document.activeElement) ? document.activeElement.dataset.customId : undefined;
  const all = messages();
  const index = all.findIndex((one) => one.id === message.id);
  const fresh = messageElement(message, all[index - 1]);
  const stays = isAtEnd;
  keepPictures(old, fresh);
  for (const name of ["menu-open", "touched"]) fresh.classList.toggle(name, old.classList.contains(name));
  old.replaceWith(fresh);
  if (focused) fresh.querySelector(`[data-custom-id="${CSS.escape(focused)}"]`)?.focus({ preventScroll: stays });
  if (stays) goToEnd();
}

/** Pictures that stay the same are moved over, so that they do not flash. */
function keepPictures(old, fresh) {
  for (const image of fresh.querySelectorAll(".picture img")) {
    const same = old.querySelector(`.picture img[src="${CSS.escape(image.getAttribute("src"))}"]`);
    if (same?.complete && same.alt === image.alt) image.replaceWith(same);
  }
}

function remove(message) {
  const element = document.getElementById(`message-${message.id}`);
  const next = element?.nextElementSibling;
  const focusWasInside = element?.contains(document.activeElement);
  element?.remove();
  const follower = next && state.messages.get(state.channelId)?.get(next.dataset.messageId);
  if (follower) replace(follower);
  if (focusWasInside) scroll.focus();
}

function goToEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  seenHeight = scroll.scrollHeight;
  isAtEnd = true;
  toPresent.hidden = true;
}

function markReplying() {
  for (const element of list.querySelectorAll(".replying")) element.classList.remove("replying");
  if (state.replyTo) document.getElementById(`message-${state.replyTo.message.id}`)?.classList.add("replying");
}

/** Fetches the messages before those that are known; says whether there were any. */
async function loadOlder() {
  if (isLoadingOlder || !channel() || hasAll.has(state.channelId)) return false;
  isLoadingOlder = true;
  const place = state.channelId;
  try {
    const { messages: older } = await connection.act("history", { channel_id: place, before: messages()[0]?.id });
    if (older.length) putBefore(place, older);
    else hasAll.add(place);
    return older.length > 0;
  } catch (error) {
    // The reader scrolls up again once the sandbox can be reached; the page says meanwhile that it cannot.
    if (!(error instanceof Refused)) throw error;
    return false;
  } finally {
    isLoadingOlder = false;
  }
}

function putBefore(place, older) {
  state.messages.set(place, new Map([...older.map((one) => [one.id, one]), ...(state.messages.get(place) ?? [])]));
  if (place !== state.channelId) return;
  const fromEnd = scroll.scrollHeight - scroll.scrollTop;
  drawAll();
  scroll.scrollTop = scroll.scrollHeight - fromEnd;
}

/** Shows a message of this channel, however far back it is. */
async function jump(messageId) {
  const found = () => document.getElementById(`message-${messageId}`);
  while (!found() && (await loadOlder())) {
    // Each turn brings in an older page, until there is none.
  }
  if (!found()) {
    tell("This message is not there any more.");
    return;
  }
  isAtEnd = false;
  found().scrollIntoView({ block: "center" });
  found().classList.remove("flash");
  requestAnimationFrame(() => found()?.classList.add("flash"));
}
