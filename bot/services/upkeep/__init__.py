"""Background work: reconciliation of bills, retention, and backups."""
