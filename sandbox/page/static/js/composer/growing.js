// A text area that is as high as its text.

import { h } from "../dom.js";

/** `{frame, field}`; set the text through `field.value` and call `fit`. */
export function growingField(attributes) {
  const field = h("textarea", { rows: 1, cols: 1, ...attributes });
  const frame = h("div", { class: "growing" }, field);
  const fit = () => {
    frame.dataset.value = field.value;
  };
  field.addEventListener("input", fit);
  fit();
  return { frame, field, fit };
}
