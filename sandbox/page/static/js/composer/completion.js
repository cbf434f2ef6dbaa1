// The list over the composer: commands, options, choices, people. Moves by keys while the text field keeps the focus.

import { fill, freshId, h } from "../dom.js";

export class Completion {
  #items = [];
  #active = -1;
  #owner = null;
  #id = freshId("completion");

  constructor() {
    this.element = h("div", { class: "completion", id: this.#id, role: "listbox", "aria-label": "Suggestions", hidden: true });
    this.element.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /**
   * Shows a list for the field that has the focus. An item is `{label, note?, aside?, picture?, small?, choose}`.
   * `about` is an option with its name and description. Without `picksFirst` nothing is chosen until an arrow key is pressed, so that Enter can mean something else.
   */
  show(owner, { heading, about, items = [], say, isBad = false, picksFirst = true }) {
    this.#release();
    this.#owner = owner;
    this.#items = items;
    this.#active = picksFirst && items.length ? 0 : -1;
    fill(
      this.element,
      heading && h("h3", {}, heading),
      about && h("div", { class: "about" }, h("strong", {}, about.name), h("span", {}, about.description)),
      say && h("div", { class: isBad ? "say bad" : "say", role: isBad ? "alert" : "status" }, say),
      items.map((item, index) => this.#option(item, index)),
    );
    this.element.hidden = false;
    owner.setAttribute("aria-controls", this.#id);
    if (owner.role === "combobox") owner.setAttribute("aria-expanded", "true");
    this.#mark();
  }

  hide() {
    this.element.hidden = true;
    this.#items = [];
    this.#release();
  }

  /** Takes the key if the list has a use for it, and says so. */
  takes(event) {
    if (!this.isOpen || event.isComposing) return false;
    const count = this.#items.length;
    if (event.key === "Escape") this.hide();
    else if (!count) return false;
    else if (event.key === "ArrowDown") this.#move(this.#active + 1);
    else if (event.key === "ArrowUp") this.#move(this.#active < 0 ? count - 1 : this.#active - 1);
    else if (event.key === "Tab" && !event.shiftKey) this.#items[Math.max(this.#active, 0)].choose();
    else if (event.key === "Enter" && !event.shiftKey && this.#active >= 0) this.#items[this.#active].choose();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #option(item, index) {
    return h(
      "div", { role: "option", id: `${this.#id}-${index}`, onclick: () => item.choose(), onpointermove: () => this.#move(index, false) },
      item.picture && h("img", { class: item.small ? "avatar small" : "avatar", src: item.picture, alt: "" }),
      h("span", {}, h("strong", {}, item.label), item.note && h("small", {}, item.note)),
      item.aside && h("span", { class: "aside-note" }, item.aside),
    );
  }

  #move(index, scrolls = true) {
    this.#active = (index + this.#items.length) % this.#items.length;
    this.#mark(scrolls);
  }

  #mark(scrolls = true) {
    const options = this.element.querySelectorAll("[role='option']");
    options.forEach((option, index) => {
      option.classList.toggle("active", index === this.#active);
      option.setAttribute("aria-selected", String(index === this.#active));
    });
    const active = options[this.#active];
    if (active && scrolls) active.scrollIntoView({ block: "nearest" });
    if (active) this.#owner.setAttribute("aria-activedescendant", active.id);
  }

  #release() {
    if (this.#owner?.role === "combobox") this.#owner.setAttribute("aria-expanded", "false");
    this.#owner?.removeAttribute("aria-activedescendant");
  }
}
