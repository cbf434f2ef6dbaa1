// What the provider was asked for and what it took for it: the newest first.

import { fill, h } from "../dom.js";
import { countingTime } from "../markdown/time.js";
import { on, state } from "../state.js";

const OUTCOMES = { running: "being made", completed: "paid", failed: "failed, free" };

const sums = h("dl", { class: "sums" });
const rows = h("tbody", {});
const table = h(
  "table", { class: "bills" },
  h("caption", { class: "unseen" }, "Requests that the provider accepted"),
  h("thead", {}, h("tr", {}, ["Prompt", "When", "Outcome", "USD"].map((name) => h("th", { scope: "col" }, name)))),
  rows,
);
const nothing = h("p", { class: "stage-hint" });

export const bills = h("section", { "aria-label": "Bills" }, h("h3", {}, "Bills"), sums, nothing, h("div", { class: "table-frame", tabIndex: 0, role: "group", "aria-label": "Requests that the provider accepted" }, table));

on("backstage", draw);
on("everything", draw);

function draw() {
  const { account, bills: list, provider } = state.backstage;
  table.hidden = !list.length;
  nothing.hidden = Boolean(list.length);
  nothing.textContent = provider === "live" ? "The real provider keeps the bills: see its website." : "Nothing has been asked for yet.";
  fill(sums, account && [sum("Accepted", account.accepted), sum("Being made", account.open), sum("Paid", account.paid), sum("Spent", `$${account.spent_usd}`), sum("Credits", `$${account.credits_usd}`)]);
  fill(rows, list.map(row));
}

const sum = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function row(bill) {
  const since = Date.parse(bill.accepted_at) / 1000;
  return h(
    "tr", { class: bill.outcome, title: bill.error ?? bill.id },
    h("td", {}, bill.is_edit && h("span", { class: "tag" }, "Edit"), " ", bill.prompt),
    h("td", {}, countingTime(since, {}, "narrow")),
    h("td", {}, OUTCOMES[bill.outcome]),
    h("td", {}, bill.cost_usd),
  );
}
