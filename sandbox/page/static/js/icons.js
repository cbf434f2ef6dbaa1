// Line drawings on a 24×24 grid, drawn for this page.

const PATHS = {
  hash: "M9.2 3 8.4 8H4v2h4.1l-.7 4H3v2h4l-.8 5h2l.8-5h5l-.8 5h2l.8-5H20v-2h-3.7l.7-4H21V8h-3.7l.8-5h-2l-.8 5h-5l.9-5Zm.9 7h5l-.7 4h-5Z",
  thread: "M4 3h16a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-8l-5 5v-5H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1Zm3 4v2h10V7Zm0 4v2h7v-2Z",
  menu: "M3 5h18v2H3Zm0 6h18v2H3Zm0 6h18v2H3Z",
  people: "M9 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm0 10c4 0 7 2 7 5v1H2v-1c0-3 3-5 7-5Zm7-9a3.5 3.5 0 0 1 0 7 6 6 0 0 0 0-7Zm2 15v-1c0-1.8-.8-3.4-2.1-4.7C19.5 14.5 22 16.3 22 19v1Z",
  stage: "M3 5h8v2H3Zm12 0h6v2h-6Zm-3-2h2v6h-2ZM3 11h3v2H3Zm7 0h11v2H10ZM7 9h2v6H7Zm-4 8h9v2H3Zm13 0h5v2h-5Zm-3-2h2v6h-2Z",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  sun: "M12 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10Zm-1-6h2v4h-2Zm0 18h2v4h-2ZM1 11h4v2H1Zm18 0h4v2h-4ZM4 5.4 5.4 4l2.8 2.8-1.4 1.4Zm11.8 11.8 1.4-1.4L20 18.6 18.6 20ZM4 18.6l2.8-2.8 1.4 1.4L5.4 20ZM15.8 6.8 18.6 4 20 5.4l-2.8 2.8Z",
  reply: "M10 5v4c6 .5 10 4 11 10-2.5-3.5-6-5-11-5v4l-7-6.5Z",
  more: "M5 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4Zm7 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4Zm7 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z",
  apps: "M4 4h7v7H4Zm9 0h7v7h-7Zm-9 9h7v7H4Zm12.5-.5 4 4-4 4-4-4Z",
  plus: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm-1 5v4H7v2h4v4h2v-4h4v-2h-4V7Z",
  close: "M6.4 5 12 10.6 17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4Z",
  down: "M5.4 8 12 14.6 18.6 8 20 9.4l-8 8-8-8Z",
  right: "M9.4 4 17.4 12l-8 8L8 18.6l6.6-6.6L8 5.4Z",
  left: "M14.6 4 16 5.4 9.4 12l6.6 6.6-1.4 1.4-8-8Z",
  tick: "M9.5 18.4 3.6 12.5 5 11l4.5 4.5L19 6l1.4 1.4Z",
  file: "M6 2h8l5 5v14a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1Zm7 2v4h4Z",
  picture: "M4 4h16a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Zm4 3a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM5 18h14l-5-7-4 5-2-2Z",
  upload: "M11 16V7.8L7.4 11.4 6 10l6-6 6 6-1.4 1.4L13 7.8V16ZM4 18h16v2H4Z",
  eye: "M12 5c5 0 8.5 3.5 10 7-1.5 3.5-5 7-10 7s-8.5-3.5-10-7c1.5-3.5 5-7 10-7Zm0 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0 2a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z",
  warning: "M12 2a10 10 0 1 1 0 20 10 10 0 0 1 0-20Zm-1 5v7h2V7Zm0 9v2h2v-2Z",
  trash: "M9 2h6l1 2h4v2H4V4h4ZM5 8h14l-1 14H6Zm4 3v8h2v-8Zm4 0v8h2v-8Z",
  copy: "M8 2h11a1 1 0 0 1 1 1v14h-2V4H8ZM5 6h10a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1Z",
  link: "M10.6 13.4a4 4 0 0 1 0-5.6l3.5-3.5a4 4 0 0 1 5.6 5.6l-1.8 1.8-1.4-1.4 1.8-1.8a2 2 0 0 0-2.8-2.8L12 9.2a2 2 0 0 0 0 2.8Zm2.8-2.8a4 4 0 0 1 0 5.6l-3.5 3.5a4 4 0 0 1-5.6-5.6l1.8-1.8 1.4 1.4-1.8 1.8a2 2 0 0 0 2.8 2.8l3.5-3.5a2 2 0 0 0 0-2.8Z",
  pen: "m15.5 4 4.5 4.5L8.5 20H4v-4.5Zm0 2.8L14 8.3l1.7 1.7 1.5-1.5Z",
  open: "M14 3h7v7h-2V6.4l-8.6 8.6L9 13.6 17.6 5H14ZM4 5h7v2H6v11h11v-5h2v7H4Z",
  spark: "M12 2 14 9l7 3-7 3-2 7-2-7-7-3 7-3Z",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}
