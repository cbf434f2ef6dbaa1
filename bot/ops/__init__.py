"""What an operator watches: logs, metrics, health; and the owner of background tasks. Knows no other room."""
