"""Operations: logs, metrics, health, background tasks, and the network. It imports operating_system alone."""
