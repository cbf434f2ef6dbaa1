// Puts the page together and opens the connection.

import { aside, asideShows, startAside } from "./aside.js";
import { composer, focusComposer, takeFiles } from "./composer/composer.js";
import { connection } from "./connection.js";
import { h } from "./dom.js";
import { closeDrawer, drawerScrim } from "./drawers.js";
import { menuPlace } from "./floating/menu.js";
import { takeDrops } from "./floating/file-picker.js";
import { toastTray } from "./floating/toast.js";
import { header } from "./header.js";
import { messageArea } from "./messages/list.js";
import { rail } from "./rail.js";
import { side } from "./side.js";
import { on, state } from "./state.js";
import { typingLine } from "./typing.js";
import "./events.js";

const notice = h("div", { class: "notice", role: "alert", hidden: true }, "The sandbox cannot be reached. Trying again…");
const conversation = h("main", { class: "conversation" }, notice, header, messageArea, typingLine, composer);
document.body.append(h("div", { class: "app" }, h("div", { class: "drawer-left" }, rail, side), conversation, aside, drawerScrim), menuPlace, toastTray);

takeDrops(conversation, takeFiles);
connection.addEventListener("lost", () => {
  notice.hidden = false;
});
on("everything", () => {
  notice.hidden = true;
});
on("place", () => history.replaceState(null, "", `#${state.me.username}/${state.guildId}/${state.channelId}`));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) leaveDrawer();
  const isTyping = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isTyping && event.key !== " " && document.activeElement === document.body) focusComposer();
});

/** Escape closes a drawer; the focus goes back to the button that opened it. */
function leaveDrawer() {
  const drawers = [...document.querySelectorAll(".aside, .drawer-left")];
  const wasInside = document.activeElement === document.body || drawers.some((drawer) => drawer.contains(document.activeElement));
  const shown = asideShows() ?? document.querySelector(".app").dataset.drawer;
  closeDrawer();
  if (wasInside) header.querySelector(`[data-key="${shown}"]`)?.focus();
}

startAside();
// The token is in a cookie by now.
history.replaceState(null, "", `/${location.hash}`);
connection.open(location.hash.slice(1).split("/")[0] || "ada");
