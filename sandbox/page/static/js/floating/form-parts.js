// The parts of a modal: each has an element, a check that shows what is wrong, and a value to send.

import { connection } from "../connection.js";
import { freshId, h } from "../dom.js";
import { filePicker } from "./file-picker.js";
import { selectMenu } from "./select.js";

const PARAGRAPH = 2;
const LONGEST_TEXT = 4000;
const REQUIRED = "This field is required";

const MAKERS = {
  3: choosing, 4: textInput, 5: choosing, 6: choosing, 7: choosing, 8: choosing,
  19: fileUpload, 21: choices, 22: choices, 23: checkbox,
};

/** `{element, customId, check, value, focus}` for a component; `words` are its label and hint. */
export function formPart(component, words) {
  return { customId: component.custom_id, ...MAKERS[component.type](component, words) };
}

const isRequired = (component) => component.required ?? true;

function frame(component, { label, hint }, content, { labelFor, under } = {}) {
  const star = isRequired(component) && h("span", { class: "required", "aria-hidden": "true" }, "*");
  const title = labelFor ? h("label", { htmlFor: labelFor }, label, star) : h("span", { class: "label" }, label, star);
  return h("div", { class: "form-part" }, title, hint && h("span", { class: "hint" }, hint), content, under);
}

function textInput(component, words) {
  const id = freshId("field");
  const longest = component.max_length ?? LONGEST_TEXT;
  const problem = h("span", { class: "bad", id: `${id}-problem` });
  const counter = h("span", { "aria-hidden": "true" });
  const attributes = {
    id, class: "field", value: component.value ?? "", placeholder: component.placeholder, maxlength: longest,
    "aria-required": isRequired(component), "aria-describedby": problem.id, data: { customId: component.custom_id },
  };
  const field = component.style === PARAGRAPH ? h("textarea", { ...attributes, rows: 4 }) : h("input", { type: "text", ...attributes });
  const count = () => {
    counter.textContent = `${[...field.value].length}/${longest}`;
  };
  field.addEventListener("input", () => {
    count();
    say("");
  });
  const say = (text) => {
    problem.textContent = text;
    field.setAttribute("aria-invalid", String(Boolean(text)));
  };
  count();
  const fault = () => {
    const { length } = [...field.value];
    if (isRequired(component) && !field.value.trim()) return REQUIRED;
    if (length > 0 && length < (component.min_length ?? 0)) return `Must be at least ${component.min_length} characters`;
    return "";
  };
  return {
    element: frame(component, words, field, { labelFor: id, under: h("div", { class: "under" }, problem, counter) }),
    check: () => {
      say(fault());
      return !fault();
    },
    value: async () => field.value,
    focus: () => field.focus(),
  };
}

/** A part whose only fault can be that too little was chosen. */
function checked(component, words, content, { count, value, focus }) {
  const problem = h("span", { class: "bad", role: "alert" });
  const least = isRequired(component) ? component.min_values ?? 1 : 0;
  return {
    element: frame(component, words, content, { under: h("div", { class: "under" }, problem) }),
    check: () => {
      const isEnough = count() >= least || (count() === 0 && !isRequired(component));
      problem.textContent = isEnough ? "" : least > 1 ? `Choose at least ${least}` : REQUIRED;
      return isEnough;
    },
    value,
    focus,
  };
}

function choosing(component, words) {
  const menu = selectMenu(component, { label: words.label });
  return checked(component, words, menu, {
    count: () => menu.values().length,
    value: async () => menu.values(),
    focus: () => menu.querySelector("button").focus(),
  });
}

function fileUpload(component, words) {
  const picker = filePicker({ most: component.max_values ?? 1, label: words.label });
  return checked(component, words, picker.element, {
    count: () => picker.files().length,
    value: () => Promise.all(picker.files().map((file) => connection.upload(file))),
    focus: () => picker.focus(),
  });
}

function choices(component, words) {
  const isRadio = component.type === 21;
  const name = freshId("choice");
  const inputs = component.options.map((option) => h("input", {
    type: isRadio ? "radio" : "checkbox", name, value: option.value, checked: Boolean(option.default), "aria-label": option.label,
  }));
  const rows = component.options.map((option, index) => h(
    "label", { class: "choice" }, inputs[index], h("span", {}, option.label, option.description && h("small", {}, option.description)),
  ));
  const chosen = () => inputs.filter((one) => one.checked).map((one) => one.value);
  return checked(component, words, h("div", { role: isRadio ? "radiogroup" : "group", "aria-label": words.label }, rows), {
    count: () => chosen().length,
    value: async () => (isRadio ? chosen()[0] ?? "" : chosen()),
    focus: () => inputs[0]?.focus(),
  });
}

function checkbox(component, words) {
  const box = h("input", { type: "checkbox", checked: Boolean(component.default), "aria-label": words.label });
  const content = h("label", { class: "choice" }, box, h("span", {}, words.label, words.hint && h("small", {}, words.hint)));
  return {
    element: h("div", { class: "form-part" }, content),
    check: () => true,
    value: async () => box.checked,
    focus: () => box.focus(),
  };
}
