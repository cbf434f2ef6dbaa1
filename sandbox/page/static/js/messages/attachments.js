// Files of a message: pictures in a grid, everything else as a card.

import { h } from "../dom.js";
import { icon } from "../icons.js";
import { view } from "../floating/viewer.js";

const ONE_PICTURE = { width: 550, height: 350 };
const CELL_RATIOS = { narrowest: 3 / 4, widest: 16 / 9 };

export function attachments(message) {
  const pictures = message.attachments.filter(isPicture);
  const files = message.attachments.filter((one) => !isPicture(one));
  return [pictureGrid(pictures), files.map(fileCard)];
}

const isPicture = (file) => Boolean(file.width) && /^image\//.test(file.content_type ?? "");

/** One to four or more pictures side by side; each opens the viewer. */
export function pictureGrid(pictures) {
  if (!pictures.length) return null;
  const show = (index) => view(pictures, index);
  const cells = pictures.map((one, index) => picture(one, pictures.length === 1, () => show(index)));
  return h("div", { class: "pictures", data: { count: pictures.length }, style: { "--cell": cellRatio(pictures[0]) } }, cells);
}

/** The shape of the cells: that of the first picture, within reason, so that pictures of one shape are not cut. */
function cellRatio({ width, height }) {
  const ratio = width && height ? width / height : 1;
  return Math.min(Math.max(ratio, CELL_RATIOS.narrowest), CELL_RATIOS.widest);
}

function picture(file, isAlone, show) {
  const size = isAlone ? fitting(file) : {};
  const image = h("img", { src: file.url, alt: file.description ?? "", loading: "lazy", ...size });
  const frame = h(
    "button",
    {
      type: "button", class: file.is_spoiler ? "picture spoiler-picture" : "picture",
      "aria-label": file.description ? `Picture: ${file.description}` : `Picture ${file.filename ?? ""}`,
      onclick: () => (frame.matches(".spoiler-picture:not(.shown)") ? frame.classList.add("shown") : show()),
    },
    image,
    file.description && h("span", { class: "alt", "aria-hidden": "true", title: file.description }, "ALT"),
  );
  image.addEventListener("error", () => becomeBroken(frame));
  return frame;
}

function becomeBroken(frame) {
  frame.classList.add("broken");
  frame.disabled = true;
  frame.replaceChildren(icon("picture"), "This picture cannot be loaded.");
}

function fitting({ width, height }) {
  if (!width || !height) return {};
  const scale = Math.min(ONE_PICTURE.width / width, ONE_PICTURE.height / height, 1);
  return { width: Math.round(width * scale), height: Math.round(height * scale) };
}

function fileCard(file) {
  return h(
    "div", { class: "file" },
    icon("file"),
    h("span", {}, h("a", { href: file.url, download: file.filename }, file.filename), h("small", {}, bytes(file.size))),
  );
}

/** "1.4 MB", as people count. */
export function bytes(count) {
  const steps = ["bytes", "KB", "MB", "GB"];
  const step = Math.min(Math.floor(Math.log(Math.max(count, 1)) / Math.log(1024)), steps.length - 1);
  return `${step ? (count / 1024 ** step).toFixed(2) : count} ${steps[step]}`;
}
