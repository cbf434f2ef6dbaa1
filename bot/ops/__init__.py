"""Operations: logs, metrics, health, background tasks, and the network. This room knows no other but host."""
