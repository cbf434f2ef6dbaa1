// The files that go out with the next message.

import { fill, h, iconButton } from "../dom.js";
import { icon } from "../icons.js";
import { previewUrl } from "../floating/file-picker.js";
import { tell } from "../floating/toast.js";

const MOST_FILES = 10;

export class Tray {
  files = [];

  constructor() {
    this.element = h("div", { class: "tray", role: "list", "aria-label": "Files to send", hidden: true });
  }

  add(files) {
    if (this.files.length + files.length > MOST_FILES) tell(`A message has room for ${MOST_FILES} files.`, { isBad: true });
    this.files = [...this.files, ...files].slice(0, MOST_FILES);
    this.#draw();
  }

  clear() {
    this.files = [];
    this.#draw();
  }

  #draw() {
    this.element.hidden = !this.files.length;
    fill(this.element, this.files.map((file) => this.#item(file)));
  }

  #item(file) {
    const url = previewUrl(file);
    const image = url && h("img", { src: url, alt: "" });
    image?.addEventListener("load", () => URL.revokeObjectURL(url));
    const remove = () => {
      this.files = this.files.filter((one) => one !== file);
      this.#draw();
    };
    return h(
      "div", { class: "tray-item", role: "listitem" },
      image ?? h("div", { class: "no-preview" }, icon("file")), h("span", {}, file.name), iconButton(`Remove ${file.name}`, icon("trash"), remove),
    );
  }
}
