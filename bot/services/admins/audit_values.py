"""The values of settings that the audit shows, before and after a change."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.domain.administration import AuditTopic, GuildChoices, Values
from bot.domain.limits import FIELDS, Allowances


def limit_values(allowances: Allowances) -> Values:
    return {field.value: allowances.of(field) for field in FIELDS}


def values(topic: AuditTopic, chosen: GuildChoices) -> Values:
    """Return what the audit shows of the settings, by the keys of `AuditEntry`."""
    return _VALUES[topic](chosen)


def _quality_values(chosen: GuildChoices) -> Values:
    roles = None if chosen.max_roles is None else sorted(chosen.max_roles)
    return {"role_ids": roles, "counts_as": chosen.max_counts_as}


def _strike_values(chosen: GuildChoices) -> Values:
    """Return times in seconds; 0 for a block without an end."""
    rules, second = chosen.strikes, timedelta(seconds=1)
    steps = [
        f"{step.count} {step.within // second} {step.block // second if step.block else 0}"
        for step in rules.steps
    ]
    return {"is_on": int(rules.is_on), "causes": ",".join(sorted(rules.causes)), "steps": ",".join(steps)}


def _approval_values(chosen: GuildChoices) -> Values:
    rules = chosen.approval
    return {
        "is_for_everyone": int(rules.is_for_everyone),
        "role_ids": sorted(rules.roles),
        "channel_ids": sorted(rules.channels),
    }


_VALUES: Mapping[AuditTopic, Callable[[GuildChoices], Values]] = {
    AuditTopic.BUDGET: lambda chosen: {"budget_microusd": chosen.budget_microusd},
    AuditTopic.CHANNELS: lambda chosen: {"channel_ids": sorted(chosen.allowed_channels)},
    AuditTopic.LOG_CHANNEL: lambda chosen: {"channel_id": chosen.log_channel_id},
    AuditTopic.SUMMARY: lambda chosen: {"is_on": int(chosen.has_summary)},
    AuditTopic.LANGUAGE: lambda chosen: {"language": chosen.language},
    AuditTopic.QUALITY: _quality_values,
    AuditTopic.STRIKES: _strike_values,
    AuditTopic.APPROVAL: _approval_values,
    AuditTopic.NOTICES: lambda chosen: {"seconds": chosen.notify_after_seconds},
    AuditTopic.HIDING: lambda chosen: {"reports": chosen.hide_after_reports},
    AuditTopic.RETENTION: lambda chosen: {"days": chosen.retention_days},
    AuditTopic.AGE: lambda chosen: {"is_on": int(chosen.only_age_restricted)},
    AuditTopic.FEED: lambda chosen: {"channel_id": chosen.feed_channel_id},
    AuditTopic.MODERATION: lambda chosen: {"channel_id": chosen.moderation_channel_id},
}
