"""Migrations, backups, restoring, and new encryption keys."""
