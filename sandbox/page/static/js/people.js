// Who one types as: the switch between the people of the sandbox.

import { connection } from "./connection.js";
import { openMenu } from "./floating/menu.js";
import { complain } from "./floating/toast.js";
import { state } from "./state.js";

export function openPeople(anchor) {
  const places = [...new Set(state.people.map((one) => one.guild))];
  const items = places.flatMap((place) => [
    { heading: place },
    ...state.people.filter((one) => one.guild === place).map((one) => ({
      label: one.name, note: one.label, picture: one.avatar_url, isChosen: one.key === state.me.username, act: () => become(one.key),
    })),
  ]);
  openMenu("Switch person", items, { anchor, isAbove: true, className: "people" });
}

/** The languages of the bot, by a locale of Discord's. */
const LANGUAGES = { "en-US": "English", de: "Deutsch", "es-ES": "Español", fr: "Français", ja: "日本語", "pt-BR": "Português (Brasil)" };

export const languageName = (locale) => LANGUAGES[locale] ?? locale;

/** The language of one's own Discord; the page itself stays English. */
export function openLanguages(anchor) {
  const items = Object.entries(LANGUAGES).map(([locale, name]) => ({
    label: name, isChosen: locale === state.me.locale, act: () => readIn(locale),
  }));
  openMenu("Language", items, { anchor, isAbove: true });
}

async function readIn(locale) {
  try {
    await connection.act("read_in", { locale });
    connection.open(state.me.username);
  } catch (error) {
    complain(error);
  }
}

/** Connects as that person; the page then shows what they see. */
function become(key) {
  if (key === state.me?.username) return;
  history.replaceState(null, "", `#${key}`);
  connection.open(key);
}
