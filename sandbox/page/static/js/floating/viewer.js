// The picture viewer: one picture large, its alt text below, arrows to the others.

import { h, iconButton } from "../dom.js";
import { icon } from "../icons.js";
import { openLayer } from "./layer.js";

/** `pictures` are attachments with `url` and `description`. */
export function view(pictures, first = 0) {
  let at = first;
  const image = h("img", {});
  const caption = h("figcaption", {});
  const open = h("a", { class: "icon-button", target: "_blank", rel: "noreferrer", "aria-label": "Open in browser", title: "Open in browser" }, icon("open"));
  const show = (index) => {
    at = (index + pictures.length) % pictures.length;
    image.src = open.href = pictures[at].url;
    image.alt = caption.textContent = pictures[at].description ?? "";
  };
  const isSeveral = pictures.length > 1;
  const dialog = h(
    "div", { role: "dialog", "aria-modal": "true", "aria-label": "Picture" },
    h("figure", {}, image, caption),
    h("div", { class: "viewer-bar" }, open, iconButton("Close", icon("close"), () => close(), { data: { focusFirst: "true" } })),
    isSeveral && iconButton("Previous picture", icon("left"), () => show(at - 1), { class: "icon-button turn previous" }),
    isSeveral && iconButton("Next picture", icon("right"), () => show(at + 1), { class: "icon-button turn next" }),
  );
  dialog.addEventListener("click", (event) => event.target.closest("button, a, img") || close());
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft" && isSeveral) show(at - 1);
    if (event.key === "ArrowRight" && isSeveral) show(at + 1);
  });
  show(first);
  const close = openLayer(dialog, { className: "viewer", closesOnScrim: true });
}
