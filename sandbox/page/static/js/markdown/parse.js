// Discord's dialect of Markdown: text in, a tree of plain objects out. Knows no DOM and nobody's names.

const FENCE = /```(?:([\w+#.-]*)\n)?([\s\S]+?)\n?```/y;

/** Inline rules, tried in this order at each position. Each makes a node, or nothing if it does not apply here. */
const INLINE = [
  [/\\([^0-9A-Za-z\s])/y, ([, sign]) => text(sign)],
  [FENCE, ([, language, code]) => ({ type: "block", language, code })],
  [/(`+)([\s\S]*?[^`])\1(?!`)/y, ([, , code]) => ({ type: "code", code: code.replace(/^ (.*`.*) $/s, "$1") })],
  [/<(https?:\/\/[^\s<>]+)>/y, ([, url]) => ({ type: "link", url, children: [text(url)] })],
  [/\[((?:\\.|[^[\]\\]|\[[^\]]*\])+)\]\(<?(https?:\/\/[^\s<>()]+(?:\([^\s()]*\)[^\s<>()]*)*)>?(?: "[^"]*")?\)/y,
    ([, label, url]) => ({ type: "link", url, children: inline(label, { inLink: true }) })],
  [/https?:\/\/[^\s<]+[^\s<.,:;"')\]*_~|]/y, ([url], { inLink }) => (inLink ? text(url) : { type: "link", url, children: [text(url)] })],
  [/<@!?(\d+)>/y, ([, id]) => ({ type: "user", id })],
  [/<@&(\d+)>/y, ([, id]) => ({ type: "role", id })],
  [/<#(\d+)>/y, ([, id]) => ({ type: "channel", id })],
  [/<\/([^:<>\n]{1,100}):(\d+)>/y, ([, name, id]) => ({ type: "command", name, id })],
  [/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, ([, seconds, style]) => ({ type: "time", seconds: Number(seconds), style: style ?? "f" })],
  [/<a?:(\w{2,32}):\d+>/y, ([, name]) => text(`:${name}:`)],
  [/@(everyone|here)\b/y, ([name]) => ({ type: "everyone", name })],
  [/\|\|([\s\S]+?)\|\|/y, ([, inner], context) => nested("spoiler", inner, context)],
  [/\*\*((?:\\[\s\S]|[^\\])+?)\*\*(?!\*)/y, ([, inner], context) => nested("strong", inner, context)],
  [/__((?:\\[\s\S]|[^\\])+?)__(?!_)/y, ([, inner], context) => nested("underline", inner, context)],
  [/~~((?:\\[\s\S]|[^\\])+?)~~/y, ([, inner], context) => nested("struck", inner, context)],
  [/\*(?![\s*])((?:\\[\s\S]|\*\*(?:\\[\s\S]|[^\\])+?\*\*|[^\\*])*?[^\s*\\])\*(?!\*)/y, ([, inner], context) => nested("emphasis", inner, context)],
  [/_(?!_)((?:\\[\s\S]|__(?:\\[\s\S]|[^\\])+?__|[^\\_])+?)_(?![\w_])/y,
    ([, inner], context) => (/\w$/.test(context.before) ? null : nested("emphasis", inner, context))],
];

/** The tree of a whole message: `{type, children…}` nodes, block ones first-class among inline ones. */
export function parse(source) {
  const nodes = [];
  let rest = source;
  while (rest) {
    const block = fence(rest) ?? longQuote(rest) ?? quote(rest) ?? heading(rest) ?? list(rest) ?? paragraph(rest);
    nodes.push(...block.nodes);
    rest = rest.slice(block.length);
  }
  return nodes;
}

function fence(source) {
  FENCE.lastIndex = 0;
  const match = FENCE.exec(source);
  return match && { nodes: [{ type: "block", language: match[1], code: match[2] }], length: match[0].length + newlineAt(source, match[0].length) };
}

function longQuote(source) {
  if (!source.startsWith(">>> ")) return null;
  return { nodes: [{ type: "quote", children: parse(source.slice(4)) }], length: source.length };
}

function quote(source) {
  const match = /^(?:> ?[^\n]*(?:\n|$))+/.exec(source);
  if (!match || !/^> /.test(source)) return null;
  const inner = match[0].replace(/^> ?/gm, "").replace(/\n$/, "");
  return { nodes: [{ type: "quote", children: parse(inner) }], length: match[0].length };
}

function heading(source) {
  const match = /^(#{1,3}|-#) +([^\n]+)(?:\n|$)/.exec(source);
  if (!match) return null;
  const node = match[1] === "-#" ? { type: "subtext" } : { type: "heading", level: match[1].length };
  return { nodes: [{ ...node, children: inline(match[2]) }], length: match[0].length };
}

function list(source) {
  const match = /^(?: *(?:[-*]|\d{1,4}\.) +[^\n]+(?:\n|$))+/.exec(source);
  if (!match) return null;
  const lines = match[0].replace(/\n$/, "").split("\n").map((line) => /^( *)([-*]|\d+\.) +(.*)$/.exec(line));
  return { nodes: [listOf(lines)], length: match[0].length };
}

function listOf(lines) {
  const indent = lines[0][1].length;
  const items = [];
  for (let at = 0; at < lines.length;) {
    const [, , , body] = lines[at++];
    const deeper = [];
    while (at < lines.length && lines[at][1].length > indent) deeper.push(lines[at++]);
    items.push([...inline(body), ...(deeper.length ? [listOf(deeper)] : [])]);
  }
  return { type: "list", isOrdered: /\d/.test(lines[0][2]), start: parseInt(lines[0][2], 10) || 1, items };
}

/** Everything up to the next line that begins a block. */
function paragraph(source) {
  const next = /\n(?=> |>>> |#{1,3} +\S|-# +\S| *[-*] +\S| *\d{1,4}\. +\S)|(?=```[\s\S]+?```)/g;
  let end = source.length;
  for (let match = next.exec(source); match; match = next.exec(source)) {
    const after = match.index + match[0].length;
    if (after > 0 && !isInsideCode(source.slice(0, match.index))) {
      end = after;
      break;
    }
    if (!match[0]) next.lastIndex += 1;
  }
  const own = source.slice(0, end);
  const isLast = end === source.length;
  return { nodes: inline(isLast ? own : own.replace(/([^\n])\n$/, "$1")), length: end };
}

const isInsideCode = (before) => (before.match(/```/g)?.length ?? 0) % 2 === 1;
const newlineAt = (source, index) => (source[index] === "\n" ? 1 : 0);
const text = (value) => ({ type: "text", value });
const nested = (type, inner, context) => ({ type, children: inline(inner, { inLink: context.inLink }) });

function inline(source, { inLink = false } = {}) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < source.length;) {
    const found = /[\\`<[h@|*_~]/.test(source[at]) ? firstRule(source, at, inLink) : null;
    if (!found) {
      plain += source[at++];
      continue;
    }
    if (plain) nodes.push(text(plain));
    plain = "";
    nodes.push(found.node);
    at += found.length;
  }
  if (plain) nodes.push(text(plain));
  return nodes;
}

function firstRule(source, at, inLink) {
  for (const [pattern, make] of INLINE) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    const node = match && make(match, { inLink, before: source.slice(Math.max(0, at - 1), at) });
    if (node) return { node, length: match[0].length };
  }
  return null;
}
