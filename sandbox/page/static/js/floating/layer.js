// What all dialogs share: a scrim, the focus kept inside, Escape to leave, the focus given back.

import { giveFocusBack, h } from "../dom.js";

const FOCUSABLE = "button:not(:disabled), a[href], input:not(:disabled), textarea:not(:disabled), [tabindex='0']";

/** Shows `content` over everything; returns the function that closes it. */
export function openLayer(content, { onclose, className = "", closesOnScrim = false } = {}) {
  const before = document.activeElement;
  const scrim = h("div", { class: `scrim ${className}` }, content);
  const close = () => {
    if (!scrim.isConnected) return;
    scrim.remove();
    onclose?.();
    giveFocusBack(before);
  };
  scrim.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      close();
    }
    if (event.key === "Tab") keepInside(event, scrim);
    event.stopPropagation();
  });
  if (closesOnScrim) scrim.addEventListener("mousedown", (event) => event.target === scrim && close());
  document.body.append(scrim);
  (scrim.querySelector("[data-focus-first]") ?? scrim.querySelector(FOCUSABLE))?.focus();
  return close;
}

function keepInside(event, scrim) {
  const all = [...scrim.querySelectorAll(FOCUSABLE)].filter((one) => one.offsetParent !== null);
  const first = all[0];
  const last = all.at(-1);
  if (event.shiftKey && document.activeElement === first) last.focus();
  else if (!event.shiftKey && document.activeElement === last) first.focus();
  else return;
  event.preventDefault();
}
