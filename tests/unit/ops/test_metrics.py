"""Measurements appear under their documented names, and two bots do not share them."""

import re

from bot.ops.metrics import Metrics

NAMES = {
    "bot_jobs",
    "bot_queue_length",
    "bot_breaker_open",
    "bot_waiting_seconds",
    "bot_provider_seconds",
    "bot_polls_per_picture",
    "bot_delivery_lag_seconds",
    "bot_event_loop_lag_seconds",
    "bot_admitted_total",
    "bot_refused_total",
    "bot_extra_bills_total",
    "bot_failures_total",
    "bot_landing_patience_seconds",
    "bot_landing_seconds",
    "bot_deliveries_total",
    "bot_provider_requests_total",
    "bot_cost_difference_usd",
    "bot_loop_errors_total",
    "bot_driven_jobs",
    "bot_last_backup_timestamp_seconds",
    "bot_memory_blocks",
    "bot_shards_hearing",
    "bot_gateway_silent_seconds",
    "bot_gateway_session_starts_left",
    "bot_commands_registered",
}


def test_names_are_as_documented() -> None:
    text = Metrics().as_text().decode()
    assert set(re.findall(r"^# TYPE (bot_\w+)(?<!_created) ", text, re.MULTILINE)) == NAMES


def test_what_is_measured_is_shown() -> None:
    metrics = Metrics()
    metrics.jobs.labels(state="running").set(3)
    metrics.admitted.labels(door="imagine").inc(2)
    metrics.provider_seconds.observe(61.9)
    text = metrics.as_text().decode()
    assert 'bot_jobs{state="running"} 3.0' in text
    assert 'bot_admitted_total{door="imagine"} 2.0' in text
    assert 'bot_provider_seconds_bucket{le="90.0"} 1.0' in text
    assert 'bot_provider_seconds_bucket{le="60.0"} 0.0' in text


def test_two_bots_in_one_process_do_not_share_measurements() -> None:
    first, second = Metrics(), Metrics()
    first.queue_length.set(5)
    assert "bot_queue_length 0.0" in second.as_text().decode()
