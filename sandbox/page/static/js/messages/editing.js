// Changing one's own message in place: Enter saves, Escape leaves it as it was.

import { connection } from "../connection.js";
import { h } from "../dom.js";
import { growingField } from "../composer/growing.js";
import { complain } from "../floating/toast.js";
import { state } from "../state.js";

export const canEdit = (message) => message.author_id === state.me.id;

export function startEditing(message) {
  const body = document.querySelector(`#message-${message.id} .message-body`);
  if (!body || body.querySelector(".editing")) return;
  const shown = [...body.childNodes];
  const { frame, field } = growingField({ value: message.content, "aria-label": "Edit message" });
  const leave = () => body.replaceChildren(...shown);
  const save = () => {
    leave();
    const content = field.value.trim();
    if (content && content !== message.content) connection.act("edit", { message_id: message.id, content }).catch(complain);
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) save();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  body.replaceChildren(h("div", { class: "editing composer-box" }, frame), h("small", { class: "only-you" }, "Escape to cancel · Enter to save"));
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

/** The person's newest message in the channel, if there is one. */
export function startEditingLast() {
  const own = [...(state.messages.get(state.channelId)?.values() ?? [])].filter(canEdit);
  if (own.length) startEditing(own.at(-1));
}
