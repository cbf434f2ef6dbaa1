// People, roles and channels by name while one writes, and as Discord's marks when it is sent.

import { guild, user } from "../state.js";

const MOST_SHOWN = 8;

/** What `@…` or `#…` before the caret could mean: `{start, items}` with `{label, note, picture?, text}`, or null. */
export function candidates(text, caret) {
  const match = /(^|\s)([@#])([^\s@#]{0,32})$/.exec(text.slice(0, caret));
  if (!match) return null;
  const all = match[2] === "@" ? people() : channels();
  const sought = match[3].toLowerCase();
  const items = all.filter((one) => one.sought.some((name) => name.toLowerCase().startsWith(sought))).slice(0, MOST_SHOWN);
  return { start: caret - match[3].length - 1, items };
}

/** `@Ada` becomes `<@id>`, `#general` becomes `<#id>`. */
export function withMarks(text) {
  const all = [...people(), ...channels()].sort((a, b) => b.text.length - a.text.length);
  const names = all.flatMap((one) => one.sought.map((name) => ({ written: one.text[0] + name, mark: one.mark })));
  return names.reduce((rest, { written, mark }) => rest.replace(pattern(written), `$1${mark}`), text);
}

const pattern = (written) => new RegExp(`(^|[\\s(])${written.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\w-])`, "gi");

function people() {
  const members = guild().members.map(({ user_id: id }) => {
    const person = user(id);
    return { label: person.name, note: person.username, picture: person.avatar_url, text: `@${person.name}`, sought: [person.name, person.username], mark: `<@${id}>` };
  });
  const roles = guild().roles.filter((one) => !one.is_everyone).map((one) => ({
    label: `@${one.name}`, note: "Role", text: `@${one.name}`, sought: [one.name], mark: `<@&${one.id}>`,
  }));
  return [...members, ...roles];
}

function channels() {
  return guild().channels.map((one) => ({ label: `#${one.name}`, note: one.is_thread ? "Thread" : "Channel", text: `#${one.name}`, sought: [one.name], mark: `<#${one.id}>` }));
}
