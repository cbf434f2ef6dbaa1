"""The life of a job, from admission to delivery. Each step has a module of its own."""
