// The commands that the person may use here, flat: a subcommand is one command with a longer name.

import { usableCommands } from "../state.js";

const SLASH = 1;
const SUBCOMMAND = 1;
const SUBCOMMAND_GROUP = 2;

export const TYPE = { string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10, attachment: 11 };

/** `{name, description, options}` for each, in the order of their names. */
export function slashCommands() {
  const found = usableCommands(SLASH).flatMap((one) => flat(one, one.name));
  return found.sort((a, b) => a.name.localeCompare(b.name));
}

function flat(command, name) {
  const options = command.options ?? [];
  const subs = options.filter((one) => one.type === SUBCOMMAND || one.type === SUBCOMMAND_GROUP);
  if (subs.length) return subs.flatMap((one) => flat(one, `${name} ${one.name}`));
  return [{ name, description: command.description, options: [...options].sort((a, b) => Number(Boolean(b.required)) - Number(Boolean(a.required))) }];
}

/** Those whose name begins with the text, then those that merely contain it. */
export function matching(commands, text) {
  const sought = text.toLowerCase();
  const starting = commands.filter((one) => one.name.startsWith(sought));
  const containing = commands.filter((one) => !one.name.startsWith(sought) && one.name.includes(sought));
  return [...starting, ...containing];
}
