"""Tools for concurrent tasks: semaphores, locks, database outages, and a graceful shutdown."""
