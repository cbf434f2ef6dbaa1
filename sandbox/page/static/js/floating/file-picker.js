// Picking files by a click, by dropping them, or by pasting: for modals and for attachment options.

import { fill, h, iconButton } from "../dom.js";
import { icon } from "../icons.js";
import { bytes } from "../messages/attachments.js";

/** Calls `onfiles` with the files that are dropped on the element. */
export function takeDrops(element, onfiles) {
  element.addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.stopPropagation();
    element.classList.add("over");
  });
  element.addEventListener("dragleave", () => element.classList.remove("over"));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    element.classList.remove("over");
    onfiles([...event.dataTransfer.files]);
  });
}

/** A picture of the file if it is one, to be shown in `img`; the address is let go with `URL.revokeObjectURL`. */
export const previewUrl = (file) => (file.type.startsWith("image/") ? URL.createObjectURL(file) : null);

export function hiddenFileInput(label, onfiles, { isMultiple = true } = {}) {
  const input = h("input", { type: "file", class: "unseen", multiple: isMultiple, "aria-label": label, "aria-hidden": true, tabIndex: -1 });
  input.addEventListener("change", () => {
    onfiles([...input.files]);
    input.value = "";
  });
  return input;
}

/** `{element, files, focus}`: a zone for up to `most` files with a list of those picked. */
export function filePicker({ most, label }) {
  let files = [];
  const take = (added) => {
    files = [...files, ...added].slice(-most);
    draw();
  };
  const input = hiddenFileInput(label, take, { isMultiple: most > 1 });
  const chips = h("div", { class: "file-chips" });
  const zone = h(
    "div", { class: "drop-zone", role: "button", tabIndex: 0, "aria-label": `${label}: drop a file here or press to choose one`, onclick: () => input.click() },
    icon("upload"), h("strong", {}, most > 1 ? `Drop up to ${most} files here` : "Drop a file here"), "or click to choose",
  );
  zone.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    input.click();
  });
  takeDrops(zone, take);
  const draw = () => fill(chips, files.map((file) => chip(file, () => {
    files = files.filter((one) => one !== file);
    draw();
  })));
  return { element: h("div", {}, zone, input, chips), files: () => files, focus: () => zone.focus() };
}

function chip(file, remove) {
  const url = previewUrl(file);
  const image = url && h("img", { src: url, alt: "" });
  image?.addEventListener("load", () => URL.revokeObjectURL(url));
  return h("div", { class: "file-chip" }, image ?? icon("file"), h("span", {}, file.name), h("small", {}, bytes(file.size)), iconButton(`Remove ${file.name}`, icon("close"), remove));
}
