// Building elements. Text always goes in as text nodes: nothing here, or anywhere else, writes HTML.

const AS_PROPERTY = new Set(["value", "checked", "disabled", "hidden", "selected", "readOnly", "htmlFor", "tabIndex"]);

/** An element with attributes, listeners (`onclick`, …) and children; empty ones are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) set(element, name, value);
  element.append(...present(children));
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "class") element.className = value;
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "style") for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
  else if (name.startsWith("aria-")) element.setAttribute(name, String(value));
  else if (AS_PROPERTY.has(name)) element[name] = value;
  else if (value !== false) element.setAttribute(name, value === true ? "" : value);
}

/** Children without null, undefined and false, lists laid out flat. */
export function present(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Puts these children in place of all that the element had. */
export function fill(element, ...children) {
  element.replaceChildren(...present(children));
  return element;
}

/** An id for an element that a label or an ARIA attribute refers to. */
export function freshId(prefix) {
  freshId.last = (freshId.last ?? 0) + 1;
  return `${prefix}-${freshId.last}`;
}

/** A button that shows an icon only: the label is its name and its tooltip. */
export function iconButton(label, image, onclick, attributes = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...attributes }, image);
}

/** Gives the focus back after something closed; a message may have been drawn anew meanwhile. */
export function giveFocusBack(before) {
  if (document.activeElement !== document.body) return;
  const customId = before?.dataset?.customId;
  const again = before?.isConnected ? before : customId && document.querySelector(`[data-custom-id="${CSS.escape(customId)}"]`);
  (again || document.querySelector("[data-testid='composer']"))?.focus();
}

export function avatar(user, size = 40) {
  return h("img", { class: "avatar", src: user.avatar_url, alt: "", width: size, height: size });
}
