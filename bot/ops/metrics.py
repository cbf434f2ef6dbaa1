"""The metrics, by their names in Prometheus. Labels are closed sets: never an id, a name or a text."""

import sys

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

UP_TO_AN_HOUR = (1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600, 1800, 3600)
UP_TO_A_MINUTE = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60)
UP_TO_A_SECOND = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1)
UP_TO_A_HUNDRED = (1, 2, 3, 4, 6, 8, 10, 15, 20, 30, 60, 100)


class Metrics:
    """All metrics of one bot, in their own registry, so that two bots can run in one process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)

        self.jobs = Gauge("bot_jobs", "Open jobs.", ["state"], registry=registry)
        self.driven_jobs = Gauge(
            "bot_driven_jobs",
            "Open jobs that a task drives: soon after a start, all of them.",
            registry=registry,
        )
        self.queue_length = Gauge(
            "bot_queue_length", "Jobs that wait for their turn to be submitted.", registry=registry
        )
        self.breaker_open = Gauge(
            "bot_breaker_open",
            "1 while new requests are refused because of the key or the credits.",
            registry=registry,
        )
        self.waiting_seconds = Histogram(
            "bot_waiting_seconds",
            "From admission to submission.",
            buckets=UP_TO_AN_HOUR,
            registry=registry,
        )
        self.provider_seconds = Histogram(
            "bot_provider_seconds",
            "From submission until the bot saw that the provider had finished.",
            buckets=UP_TO_AN_HOUR,
            registry=registry,
        )
        self.polls_per_picture = Histogram(
            "bot_polls_per_picture",
            "Status requests until a job had finished.",
            buckets=UP_TO_A_HUNDRED,
            registry=registry,
        )
        self.delivery_lag_seconds = Histogram(
            "bot_delivery_lag_seconds",
            "From the finished result to the picture in Discord.",
            buckets=UP_TO_A_MINUTE,
            registry=registry,
        )
        self.event_loop_lag_seconds = Histogram(
            "bot_event_loop_lag_seconds",
            "How late the event loop runs what is due.",
            buckets=UP_TO_A_SECOND,
            registry=registry,
        )
        self.shards_hearing = Gauge(
            "bot_shards_hearing", "Shards that receive events from Discord's gateway.", registry=registry
        )
        self.silent_seconds = Gauge(
            "bot_gateway_silent_seconds",
            "Seconds since the last gateway event, of the shard that has been silent longest.",
            registry=registry,
        )
        self.session_starts_left = Gauge(
            "bot_gateway_session_starts_left",
            "Gateway sessions that the bot may still start before Discord resets the limit.",
            registry=registry,
        )
        self.commands_registered = Gauge(
            "bot_commands_registered",
            "1 once Discord has the bot's commands.",
            registry=registry,
        )
        self.admitted = Counter("bot_admitted", "Pictures admitted.", ["door"], registry=registry)
        self.refused = Counter("bot_refused", "Requests refused.", ["reason"], registry=registry)
        self.failures = Counter("bot_failures", "Jobs that failed.", ["kind"], registry=registry)
        self.deliveries = Counter("bot_deliveries", "Pictures delivered.", ["rung"], registry=registry)
        self.provider_requests = Counter(
            "bot_provider_requests", "Requests to the provider.", ["call", "outcome"], registry=registry
        )
        self.landing_seconds = Histogram(
            "bot_landing_seconds",
            "Until the provider's history showed an accepted request.",
            buckets=UP_TO_AN_HOUR,
            registry=registry,
        )
        self.landing_patience_seconds = Gauge(
            "bot_landing_patience_seconds",
            "How long a request has to be absent from the history to prove that it was never accepted.",
            registry=registry,
        )
        self.extra_bills = Counter(
            "bot_extra_bills",
            "Bills for dismissed requests: the bot believed that they were never accepted.",
            registry=registry,
        )
        self.cost_difference_usd = Gauge(
            "bot_cost_difference_usd",
            "The sum by which the provider's bills were above the booked costs, over all corrections.",
            registry=registry,
        )
        self.last_backup_at = Gauge(
            "bot_last_backup_timestamp_seconds",
            "When the newest scheduled backup was made, in Unix time; 0 if there is none.",
            registry=registry,
        )
        self.memory_blocks = Gauge(
            "bot_memory_blocks",
            "Memory blocks that Python's objects use: with a leak, they grow without end.",
            registry=registry,
        )
        self.memory_blocks.set_function(sys.getallocatedblocks)
        self.loop_errors = Counter(
            "bot_loop_errors", "Exceptions that ended or interrupted a task.", ["loop"], registry=registry
        )

    def as_text(self) -> bytes:
        """Return all metrics in the text format of Prometheus."""
        return generate_latest(self.registry)
