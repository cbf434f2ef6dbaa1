// A select menu as Discord draws it, in messages and in modals: a face, and a list that opens under it.

import { freshId, h } from "../dom.js";
import { icon } from "../icons.js";
import { guild, user } from "../state.js";

const USERS = 5;
const ROLES = 6;
const MENTIONABLES = 7;
const CHANNELS = 8;

/** `part` is Discord's component; `onchosen(values)` is called when the list closes with another choice. */
export function selectMenu(part, { onchosen, label }) {
  const options = optionsOf(part);
  const most = part.max_values ?? 1;
  let chosen = options.filter((one) => one.default).map((one) => one.value);
  let settled = chosen.join();
  const listId = freshId("select");
  const value = h("span", { class: "value" });
  const face = h(
    "button",
    {
      type: "button", class: "select-face", role: "combobox", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": listId,
      "aria-label": label ?? part.placeholder ?? "Make a selection", disabled: Boolean(part.disabled), data: { customId: part.custom_id },
    },
    value, icon("down"),
  );
  const list = h("div", { class: "select-list", role: "listbox", id: listId, hidden: true, "aria-multiselectable": String(most > 1) });
  const root = h("div", { class: "select" }, face, list);
  let active = 0;

  const draw = () => {
    const names = options.filter((one) => chosen.includes(one.value)).map((one) => one.label);
    value.textContent = names.join(", ") || part.placeholder || "Make a selection";
    value.classList.toggle("empty", names.length === 0);
    list.replaceChildren(...options.map((one, index) => optionElement(one, {
      id: `${listId}-${index}`, isChosen: chosen.includes(one.value), isActive: index === active, choose: () => choose(index),
    })));
    face.setAttribute("aria-activedescendant", list.hidden ? "" : `${listId}-${active}`);
    list.children[active]?.scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    list.hidden = false;
    list.classList.toggle("above", face.getBoundingClientRect().bottom + 270 > innerHeight && face.getBoundingClientRect().top > 270);
    face.setAttribute("aria-expanded", "true");
    draw();
  };
  const close = () => {
    if (list.hidden) return;
    list.hidden = true;
    face.setAttribute("aria-expanded", "false");
    draw();
    if (chosen.join() !== settled && chosen.length >= (part.min_values ?? 1)) {
      settled = chosen.join();
      onchosen?.(chosen);
    }
  };
  const choose = (index) => {
    const { value: one } = options[index];
    if (most === 1) chosen = [one];
    else if (chosen.includes(one)) chosen = chosen.filter((other) => other !== one);
    else if (chosen.length < most) chosen = [...chosen, one];
    active = index;
    draw();
    if (most === 1) close();
  };
  const move = (step) => {
    active = (active + step + options.length) % options.length;
    draw();
  };
  const keys = { ArrowDown: () => move(1), ArrowUp: () => move(-1), Enter: () => choose(active), " ": () => choose(active), Escape: close };

  face.addEventListener("click", () => (list.hidden ? open() : close()));
  face.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key !== "ArrowDown") return;
      open();
    } else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  root.addEventListener("focusout", (event) => root.contains(event.relatedTarget) || close());
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  draw();
  root.values = () => chosen;
  return root;
}

function optionElement(option, { id, isChosen, isActive, choose }) {
  return h(
    "div", { id, role: "option", class: isActive ? "active" : "", "aria-selected": isChosen, onclick: choose },
    option.emoji && h("span", { class: "emoji", style: { flex: "none" } }, option.emoji.name),
    option.picture && h("img", { class: "avatar", src: option.picture, alt: "", width: 24, height: 24 }),
    h("span", {}, option.label, option.description && h("small", {}, option.description)),
    h("span", { class: "tick", style: { flex: "none" }, "aria-hidden": "true" }, icon("tick")),
  );
}

/** What a select offers: its own options, or the guild's people, roles or channels. */
function optionsOf(part) {
  const preset = new Set((part.default_values ?? []).map((one) => one.id));
  const found = [];
  if (part.options) return part.options;
  if (part.type === USERS || part.type === MENTIONABLES) found.push(...guild().members.map((one) => personOption(one.user_id)));
  if (part.type === ROLES || part.type === MENTIONABLES) found.push(...guild().roles.map((one) => ({ value: one.id, label: `@${one.name.replace(/^@/, "")}` })));
  if (part.type === CHANNELS) {
    const kinds = part.channel_types;
    const offered = guild().channels.filter((one) => !kinds?.length || kinds.includes(one.type));
    found.push(...offered.map((one) => ({ value: one.id, label: `#${one.name}` })));
  }
  return found.map((one) => ({ ...one, default: preset.has(one.value) }));
}

function personOption(id) {
  const person = user(id);
  return { value: id, label: person.name, description: person.username, picture: person.avatar_url };
}
