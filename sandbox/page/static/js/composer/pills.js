// One option of a command as a pill: text with its list of choices, or a file with its drop zone.

import { connection, Refused } from "../connection.js";
import { freshId, h } from "../dom.js";
import { icon } from "../icons.js";
import { hiddenFileInput, previewUrl, takeDrops } from "../floating/file-picker.js";
import { bytes } from "../messages/attachments.js";
import { state } from "../state.js";
import { TYPE } from "./commands.js";
import { growingField } from "./growing.js";
import { choicesFor, parsed } from "./values.js";

const ASK_AFTER_MS = 180;
const REQUIRED = "This option is required. Specify a value.";

/** `{option, element, zone?, focus, isEmpty, check, complain, value}`. */
export function optionPill(option, around) {
  return option.type === TYPE.attachment ? filePill(option, around) : textPill(option, around);
}

function textPill(option, around) {
  const { completion } = around;
  const id = freshId("option");
  const { frame, field, fit } = growingField({
    id, "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-label": option.name, autocomplete: "off",
    "aria-required": Boolean(option.required), maxlength: option.max_length ?? 6000, spellcheck: option.autocomplete || option.choices ? "false" : "true",
  });
  const element = h("div", { class: "pill" }, h("label", { htmlFor: id }, option.name), frame);
  let picked = null;
  let timer = 0;
  let asked = 0;

  const pick = (choice) => {
    picked = choice;
    field.value = choice.name;
    fit();
    element.classList.remove("bad");
    around.next(pill);
  };
  const list = (choices, say) => {
    const items = choices.map((one) => ({ label: one.name, note: one.note, picture: one.picture, small: true, choose: () => pick(one) }));
    completion.show(field, { about: option, items, say });
  };
  const ask = async () => {
    const mine = ++asked;
    try {
      const options = await around.bar.filled(option);
      const parameters = { channel_id: state.channelId, command: around.bar.commandName, option: option.name, text: field.value, options };
      const { choices } = await connection.act("autocomplete", parameters);
      if (mine === asked && document.activeElement === field) list(choices, choices.length ? null : "No options match your search.");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (mine === asked && document.activeElement === field) completion.show(field, { about: option, say: "Loading options failed.", isBad: true });
    }
  };
  const offer = () => {
    if (!option.autocomplete) {
      const choices = choicesFor(option, picked ? "" : field.value);
      list(choices ?? [], choices && !choices.length ? "No options match your search." : undefined);
      return;
    }
    clearTimeout(timer);
    completion.show(field, { about: option, say: "Loading options…" });
    timer = setTimeout(ask, ASK_AFTER_MS);
  };
  const problem = () => {
    if (!field.value.trim()) return option.required ? REQUIRED : "Specify a value, or remove the option.";
    return picked ? null : parsed(option, field.value).problem;
  };

  field.addEventListener("focus", offer);
  field.addEventListener("blur", () => completion.hide());
  field.addEventListener("input", () => {
    picked = null;
    element.classList.remove("bad");
    offer();
  });
  field.addEventListener("keydown", (event) => {
    if (completion.takes(event)) return;
    handleKey(event, { field, around, pill, offer });
  });
  const pill = {
    option,
    element,
    zone: null,
    focus: () => field.focus(),
    isEmpty: () => field.value === "",
    check: () => {
      element.classList.toggle("bad", problem() !== null);
      field.setAttribute("aria-invalid", String(problem() !== null));
      return problem() === null;
    },
    complain: () => completion.show(field, { about: option, say: problem(), isBad: true }),
    value: async () => (picked ? picked.value : parsed(option, field.value).value),
  };
  return pill;
}

function handleKey(event, { field, around, pill }) {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    around.send();
  } else if (event.key === "Tab" && !event.shiftKey) {
    event.preventDefault();
    around.next(pill);
  } else if (event.key === "Backspace" && field.value === "") {
    event.preventDefault();
    around.back(pill);
  } else if (event.key === "Escape") {
    event.preventDefault();
    around.cancel();
  }
}

function filePill(option, around) {
  let file = null;
  const face = h("button", { type: "button", class: "pick empty", "aria-label": option.name });
  const element = h("div", { class: "pill" }, h("span", { class: "pill-name" }, option.name), face);
  const take = ([picked]) => {
    if (!picked) return;
    file = picked;
    draw();
    element.classList.remove("bad");
    around.next(pill);
  };
  const input = hiddenFileInput(`File for ${option.name}`, take, { isMultiple: false });
  const zone = h("div", { class: "drop-zone", "data-testid": `drop-${option.name}`, onclick: () => input.click() });
  takeDrops(zone, take);
  const draw = () => {
    face.textContent = file?.name ?? "choose a file";
    face.classList.toggle("empty", !file);
    const url = file && previewUrl(file);
    const image = url && h("img", { src: url, alt: "" });
    image?.addEventListener("load", () => URL.revokeObjectURL(url));
    zone.replaceChildren(image || icon(file ? "file" : "upload"), h("strong", {}, file ? file.name : option.name), file ? bytes(file.size) : "Drop a file here, paste it, or click to choose");
  };
  face.addEventListener("click", () => input.click());
  face.addEventListener("focus", () => around.completion.show(face, { about: option }));
  face.addEventListener("blur", () => around.completion.hide());
  face.addEventListener("keydown", (event) => {
    if (event.key === "Backspace" || event.key === "Delete") {
      event.preventDefault();
      if (!file) around.back(pill);
      file = null;
      draw();
    }
    if (event.key === "Enter" && file) {
      event.preventDefault();
      around.send();
    }
    if (event.key === "Tab" && !event.shiftKey) {
      event.preventDefault();
      around.next(pill);
    }
    if (event.key === "Escape") {
      event.preventDefault();
      around.cancel();
    }
  });
  draw();
  const pill = {
    option,
    element,
    zone: h("div", {}, zone, input),
    focus: () => face.focus(),
    isEmpty: () => file === null,
    takeFile: (one) => take([one]),
    check: () => {
      element.classList.toggle("bad", file === null);
      return file !== null;
    },
    complain: () => around.completion.show(face, { about: option, say: "Choose a file for this option, or remove it.", isBad: true }),
    value: () => connection.upload(file),
  };
  return pill;
}
