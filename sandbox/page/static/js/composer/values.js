// From what was typed into an option to the value that is sent, and the lists to choose from.

import { guild, user } from "../state.js";
import { TYPE } from "./commands.js";

const MOST_SHOWN = 25;
const WHOLE_NUMBER = /^-?\d+$/;

/** Choices whose name contains the text: `{name, value, note?, picture?}`; null where any text is allowed. */
export function choicesFor(option, text) {
  const all = allChoices(option);
  if (!all) return null;
  const sought = text.trim().toLowerCase();
  return all.filter((one) => one.name.toLowerCase().includes(sought)).slice(0, MOST_SHOWN);
}

function allChoices(option) {
  if (option.choices?.length) return option.choices;
  switch (option.type) {
    case TYPE.boolean: return [{ name: "True", value: true }, { name: "False", value: false }];
    case TYPE.user: return people();
    case TYPE.role: return roles();
    case TYPE.mentionable: return [...people(), ...roles()];
    case TYPE.channel: return channels(option);
    default: return null;
  }
}

function people() {
  return guild().members.map(({ user_id: id }) => ({ name: user(id).name, note: user(id).username, picture: user(id).avatar_url, value: id }));
}

const roles = () => guild().roles.map((one) => ({ name: one.is_everyone ? "@everyone" : `@${one.name}`, value: one.id }));

function channels({ channel_types: kinds }) {
  return guild().channels.filter((one) => !kinds?.length || kinds.includes(one.type)).map((one) => ({ name: `#${one.name}`, value: one.id }));
}

/** `{value}` of the text, or `{problem}` in words. */
export function parsed(option, text) {
  const all = allChoices(option);
  if (all) {
    const same = all.find((one) => one.name.toLowerCase() === text.trim().toLowerCase());
    return same ? { value: same.value, problem: null } : { problem: "Choose one of the list." };
  }
  if (option.type === TYPE.integer || option.type === TYPE.number) return number(option, text.trim());
  const length = [...text].length;
  if (option.min_length && length < option.min_length) return { problem: `Write at least ${option.min_length} characters.` };
  return { value: text, problem: null };
}

function number(option, text) {
  const value = Number(text);
  if (option.type === TYPE.integer && !WHOLE_NUMBER.test(text)) return { problem: "Enter a whole number." };
  if (Number.isNaN(value)) return { problem: "Enter a number." };
  if (option.min_value !== undefined && value < option.min_value) return { problem: `The least is ${option.min_value}.` };
  if (option.max_value !== undefined && value > option.max_value) return { problem: `The most is ${option.max_value}.` };
  return { value, problem: null };
}
