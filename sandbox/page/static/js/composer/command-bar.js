// A chosen command with its options as pills: the required ones at once, the others when asked for.

import { fill, h } from "../dom.js";
import { runSlash } from "../interactions.js";
import { complain } from "../floating/toast.js";
import { TYPE } from "./commands.js";
import { optionPill } from "./pills.js";

export class CommandBar {
  #command = null;
  #pills = [];
  #completion;
  #leave;
  #isSending = false;

  /** `leave(text)` gives the composer back to plain text. */
  constructor(completion, leave) {
    this.#completion = completion;
    this.#leave = leave;
    this.element = h("div", { class: "command-bar", role: "group", hidden: true });
    this.zones = h("div", { class: "zones" });
    this.#more = h("input", {
      type: "text", class: "more", "aria-label": "Add an option", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": completion.element.id, autocomplete: "off",
      onfocus: () => this.#offerOptions(), oninput: () => this.#offerOptions(), onblur: () => this.#completion.hide(), onkeydown: (event) => this.#moreKey(event),
    });
  }

  #more;

  get isOpen() {
    return this.#command !== null;
  }

  open(command) {
    this.#command = command;
    this.#pills = [];
    this.element.hidden = false;
    this.element.setAttribute("aria-label", `Command /${command.name}`);
    for (const option of command.options.filter((one) => one.required)) this.#pills.push(this.#pillFor(option));
    this.#draw();
    (this.#pills[0] ?? this.#end()).focus();
  }

  close() {
    this.#command = null;
    this.#pills = [];
    this.element.hidden = true;
    fill(this.element);
    fill(this.zones);
    this.#completion.hide();
  }

  /** Files that were pasted or dropped go to the attachment option; says whether there was one. */
  takeFiles(files) {
    const isFree = (pill) => pill.option.type === TYPE.attachment && pill.isEmpty();
    let pill = this.#pills.find(isFree);
    const unused = this.#unused().find((one) => one.type === TYPE.attachment);
    if (!pill && unused) pill = this.#addPill(unused);
    pill?.takeFile(files[0]);
    return Boolean(pill);
  }

  /** What is filled in so far, for an autocomplete of another option. */
  filled(except) {
    const others = this.#pills.filter((one) => one.option !== except && !one.isEmpty() && one.option.type !== TYPE.attachment && one.check());
    return Promise.all(others.map(sendable));
  }

  get commandName() {
    return this.#command.name;
  }

  /** What all pills share: the list, and where the focus goes from them. */
  #pillFor(option) {
    return optionPill(option, {
      bar: this,
      completion: this.#completion,
      send: () => this.send(),
      next: (pill) => this.#focusAfter(pill),
      back: (pill) => this.#focusBefore(pill),
      cancel: () => this.#leave(""),
    });
  }

  #addPill(option) {
    const pill = this.#pillFor(option);
    this.#pills.push(pill);
    this.#more.value = "";
    this.#draw();
    return pill;
  }

  #draw() {
    const hasMore = this.#unused().length > 0;
    fill(this.element, h("span", { class: "command" }, `/${this.#command.name}`), this.#pills.map((one) => one.element), this.#end());
    this.#more.classList.toggle("unused", !hasMore);
    this.#more.placeholder = hasMore ? `+${this.#unused().length} optional` : "";
    fill(this.zones, this.#pills.map((one) => one.zone));
  }

  /** The empty field after the last pill: adds options, and is where a command without any is sent from. */
  #end() {
    return this.#more;
  }

  #unused() {
    const used = this.#pills.map((one) => one.option);
    return this.#command.options.filter((one) => !used.includes(one));
  }

  #offerOptions() {
    const sought = this.#more.value.trim().toLowerCase().replace(/:$/, "");
    const offered = this.#unused().filter((one) => one.name.startsWith(sought));
    if (this.#more.value.endsWith(":") && offered.length) {
      this.#addPill(offered[0]).focus();
      return;
    }
    if (!offered.length) {
      if (sought) this.#completion.show(this.#more, { say: `There is no option “${this.#more.value.trim()}” to add.`, isBad: true });
      else this.#completion.hide();
      return;
    }
    const items = offered.map((one) => ({ label: one.name, note: one.description, choose: () => this.#addPill(one).focus() }));
    this.#completion.show(this.#more, { heading: "Options", items, picksFirst: sought !== "" });
  }

  #moreKey(event) {
    if (this.#completion.takes(event)) return;
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      this.send();
    } else if (event.key === "Escape") this.#leave("");
    else if (event.key === "Backspace" && this.#more.value === "") {
      event.preventDefault();
      if (this.#pills.length) this.#pills.at(-1).focus();
      else this.#leave("");
    }
  }

  #focusAfter(pill) {
    const rest = this.#pills.slice(this.#pills.indexOf(pill) + 1);
    (rest.find((one) => one.isEmpty()) ?? this.#end()).focus();
  }

  /** Backspace in an empty pill: an optional one goes, and the focus moves to the one before. */
  #focusBefore(pill) {
    const at = this.#pills.indexOf(pill);
    if (!pill.option.required) {
      this.#pills.splice(at, 1);
      this.#draw();
    }
    if (at > 0) this.#pills[at - 1].focus();
    else if (pill.option.required) this.#leave("");
    else this.#end().focus();
  }

  async send() {
    if (this.#isSending) return;
    if (this.#more.value.trim()) {
      this.#more.focus();
      this.#offerOptions();
      return;
    }
    const wrong = this.#pills.filter((one) => !one.check());
    if (wrong.length) {
      wrong[0].focus();
      wrong[0].complain();
      return;
    }
    this.#isSending = true;
    const command = this.#command;
    try {
      const options = await Promise.all(this.#pills.filter((one) => !one.isEmpty()).map(sendable));
      this.#leave("");
      await runSlash({ command: command.name, options });
    } catch (error) {
      complain(error);
    } finally {
      this.#isSending = false;
    }
  }
}

const sendable = async (pill) => ({ name: pill.option.name, type: pill.option.type, value: await pill.value() });
