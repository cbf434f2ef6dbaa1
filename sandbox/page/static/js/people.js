// Who one types as: the switch between the people of the sandbox.

import { connection } from "./connection.js";
import { openMenu } from "./floating/menu.js";
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

/** Connects as that person; the page then shows what they see. */
function become(key) {
  if (key === state.me?.username) return;
  history.replaceState(null, "", `#${key}`);
  connection.open(key);
}
