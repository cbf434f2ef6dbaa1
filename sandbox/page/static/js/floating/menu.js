// Menus: at the pointer or under a button, with submenus, by mouse and by keyboard.

import { giveFocusBack, h } from "../dom.js";
import { icon } from "../icons.js";

const MARGIN = 8;
let closeOpen = null;

/** Where menus are, so that they belong to a landmark of the page. */
export const menuPlace = h("section", { "aria-label": "Menus" });

/**
 * Opens a menu and closes the one before. An item is `{label, note?, icon?, picture?, act?, items?, isDangerous?, isChosen?}`,
 * `{heading}`, `{note}` alone for a line of text, or `"line"`. `place` is `{x, y}` or `{anchor}`, and may have `onclose`.
 */
export function openMenu(label, items, place) {
  closeOpen?.();
  const before = document.activeElement;
  const menus = [];
  const close = () => {
    closeOpen = null;
    for (const menu of menus) menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    window.removeEventListener("blur", close);
    place.anchor?.removeAttribute("aria-expanded");
    place.onclose?.();
    giveFocusBack(before);
  };
  const outside = (event) => {
    if (menus.some((menu) => menu.contains(event.target))) return;
    close();
    if (place.anchor?.contains(event.target)) {
      place.anchor.addEventListener("click", (click) => click.stopImmediatePropagation(), { capture: true, once: true });
    }
  };
  closeOpen = close;
  place.anchor?.setAttribute("aria-expanded", "true");
  const context = { menus, close, className: place.className ?? "" };
  showMenu(label, items, place, context);
  document.addEventListener("pointerdown", outside, true);
  window.addEventListener("blur", close);
}

function showMenu(label, items, place, context) {
  const menu = h("div", { class: `menu ${context.className}`, role: "menu", "aria-label": label });
  menu.append(...items.map((item) => entry(item, menu, context)));
  menu.addEventListener("keydown", (event) => moveByKey(event, menu, context));
  menu.addEventListener("contextmenu", (event) => event.preventDefault());
  context.menus.push(menu);
  menuPlace.append(menu);
  putNear(menu, place);
  (menu.querySelector("[aria-checked='true']") ?? menu.querySelector("[role^='menuitem']"))?.focus();
  return menu;
}

function entry(item, menu, context) {
  if (item === "line") return h("hr", { role: "separator" });
  if (item.heading) return h("h3", {}, item.heading);
  if (!item.label) return h("p", {}, item.note);
  const element = h(
    "button",
    {
      type: "button", role: item.isChosen === undefined ? "menuitem" : "menuitemradio", class: item.isDangerous ? "dangerous" : "", tabIndex: -1,
      "aria-checked": item.isChosen, "aria-haspopup": item.items ? "menu" : null,
    },
    item.picture && h("img", { class: "avatar", src: item.picture, alt: "" }),
    h("span", {}, item.label, item.note && h("small", {}, item.note)),
    item.isChosen && icon("tick"),
    item.icon && !item.items && icon(item.icon),
    item.items && icon("right"),
  );
  if (item.items) {
    element.addEventListener("click", () => openSubmenu(item, element, context));
    element.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && openSubmenu(item, element, context));
  } else {
    element.addEventListener("click", () => {
      context.close();
      item.act();
    });
    element.addEventListener("pointerenter", () => closeDeeperThan(menu, context));
  }
  return element;
}

function openSubmenu(item, element, context) {
  const parent = element.closest(".menu");
  const next = context.menus[context.menus.indexOf(parent) + 1];
  if (next?.opener === element) return;
  closeDeeperThan(parent, context);
  const menu = showMenu(item.label, item.items, { beside: element }, context);
  menu.opener = element;
}

function closeDeeperThan(menu, context) {
  const depth = context.menus.indexOf(menu);
  for (const deeper of context.menus.splice(depth + 1)) deeper.remove();
}

function moveByKey(event, menu, context) {
  const items = [...menu.querySelectorAll("[role^='menuitem']")];
  const at = items.indexOf(document.activeElement);
  const moves = {
    ArrowDown: () => items[(at + 1) % items.length].focus(),
    ArrowUp: () => items[(at - 1 + items.length) % items.length].focus(),
    Home: () => items[0].focus(),
    End: () => items.at(-1).focus(),
    ArrowRight: () => items[at]?.getAttribute("aria-haspopup") && items[at].click(),
    ArrowLeft: () => {
      if (!menu.opener) return;
      menu.opener.focus();
      closeDeeperThan(menu.opener.closest(".menu"), context);
    },
    Escape: () => context.close(),
    Tab: () => context.close(),
  };
  if (!moves[event.key] || (items.length === 0 && event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  event.stopPropagation();
  moves[event.key]();
}

/** Beside, under or at something, and always wholly on the screen. */
function putNear(menu, { x, y, anchor, beside, isAbove }) {
  const size = menu.getBoundingClientRect();
  let left = x;
  let top = y;
  if (anchor) {
    const box = anchor.getBoundingClientRect();
    left = box.right - size.width < MARGIN ? box.left : box.right - size.width;
    top = isAbove ? box.top - size.height - 4 : box.bottom + 4;
    if (!isAbove && top + size.height > innerHeight - MARGIN) top = box.top - size.height - 4;
  }
  if (beside) {
    const box = beside.getBoundingClientRect();
    left = box.right + 6 + size.width > innerWidth ? Math.max(box.left - size.width - 6, MARGIN) : box.right + 6;
    top = box.top - 6;
    if (innerWidth < 500) top = box.bottom + 4;
  }
  menu.style.left = `${Math.max(MARGIN, Math.min(left, innerWidth - size.width - MARGIN))}px`;
  menu.style.top = `${Math.max(MARGIN, Math.min(top, innerHeight - size.height - MARGIN))}px`;
}
