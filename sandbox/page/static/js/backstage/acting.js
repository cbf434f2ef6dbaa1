// What the parts of Backstage share: carrying something out, and redrawing under a keyboard.

import { connection } from "../connection.js";
import { complain, tell } from "../floating/toast.js";

/** Carries out something backstage; the sandbox then tells everybody what it looks like now. */
export function act(action, parameters = {}) {
  return connection.act(action, parameters).then((result) => result.note && tell(result.note)).catch(complain);
}

/** Redraws without losing the keyboard's place. */
export function keepFocus(element, redraw) {
  const key = element.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  redraw();
  if (key) element.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
}
