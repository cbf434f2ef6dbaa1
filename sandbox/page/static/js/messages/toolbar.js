// What one can do with a message: the bar that appears over it and the menu behind the right mouse button.

import { connection } from "../connection.js";
import { h, iconButton } from "../dom.js";
import { icon } from "../icons.js";
import { messageLink } from "../links.js";
import { application, channel, replyTo, state, usableCommands } from "../state.js";
import { openMenu } from "../floating/menu.js";
import { complain, tell } from "../floating/toast.js";
import { runMenuCommand } from "../interactions.js";
import { canEdit, startEditing } from "./editing.js";

const MESSAGE_MENU = 3;

export function toolbar(message, item) {
  const below = (event) => ({ anchor: event.currentTarget });
  const bar = h(
    "div", { class: "toolbar", role: "group", "aria-label": "Message actions" },
    canReply(message) && iconButton("Reply", icon("reply"), () => replyTo(message)),
    !message.is_ephemeral && iconButton("Apps", icon("apps"), (event) => show(appItems(message), item, below(event)), { "aria-haspopup": "menu" }),
    iconButton("More", icon("more"), (event) => show(items(message), item, below(event)), { "aria-haspopup": "menu" }),
  );
  item.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, textarea, input") || getSelection()?.toString()) return;
    event.preventDefault();
    show(items(message), item, { x: event.clientX, y: event.clientY });
  });
  item.addEventListener("click", () => {
    for (const other of document.querySelectorAll(".message.touched")) other.classList.remove("touched");
    item.classList.add("touched");
  });
  return bar;
}

function show(list, item, place) {
  item.classList.add("menu-open");
  openMenu("Message", list, { ...place, onclose: () => item.classList.remove("menu-open") });
}

const canReply = (message) => !message.is_ephemeral && channel()?.can_send;

function items(message) {
  const mayDelete = message.is_ephemeral || message.author_id === state.me.id || channel()?.can_manage_messages;
  return [
    canReply(message) && { label: "Reply", icon: "reply", act: () => replyTo(message) },
    !message.is_ephemeral && { label: "Apps", icon: "apps", items: appItems(message) },
    canEdit(message) && { label: "Edit Message", icon: "pen", act: () => startEditing(message) },
    "line",
    message.content && { label: "Copy Text", icon: "copy", act: () => copy(message.content) },
    { label: "Copy Message Link", icon: "link", act: () => copy(messageLink(message)) },
    mayDelete && "line",
    mayDelete && {
      label: message.is_ephemeral ? "Dismiss Message" : "Delete Message", icon: "trash", isDangerous: true,
      act: () => connection.act("delete", { message_id: message.id }).catch(complain),
    },
  ].filter(Boolean);
}

function appItems(message) {
  const commands = usableCommands(MESSAGE_MENU);
  if (!commands.length) return [{ note: state.isOnline ? "No app has anything for messages here." : "The bot has registered nothing yet." }];
  const app = application();
  return commands.map((command) => ({ label: command.name, note: app.name, picture: app.avatar_url, act: () => runMenuCommand(command, message) }));
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    tell("Copied");
  } catch {
    tell("This browser does not let the page copy.", { isBad: true });
  }
}
