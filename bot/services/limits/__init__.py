"""The limits of members, and the budgets of servers."""
