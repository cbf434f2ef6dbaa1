// Short notes at the foot of the page.

import { Refused } from "../connection.js";
import { h } from "../dom.js";

const SHOWN_MS = 5000;
const tray = h("div", { class: "toast-tray", role: "status", "aria-live": "polite" });

export const toastTray = tray;

export function tell(text, { isBad = false } = {}) {
  const toast = h("div", { class: isBad ? "toast bad" : "toast" }, text);
  tray.append(toast);
  setTimeout(() => toast.remove(), SHOWN_MS);
}

/** Shows why an action was refused; anything else is a fault of the page and stays loud in the console. */
export function complain(error) {
  if (!(error instanceof Refused)) throw error;
  tell(error.message, { isBad: true });
}
