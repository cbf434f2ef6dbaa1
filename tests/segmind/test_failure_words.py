"""Which kind of failure the provider's words mean, and what of them may be written down."""

import pytest

from bot.domain.failure import FailureKind, SourceProblem
from bot.segmind.error_texts import NOTE_MOST_CHARACTERS, cleaned, failure_of

BLOCKED = [
    "content_moderated",
    "Your request was blocked by our moderation system.",
    "Violates our Content Policy",
    "content-filter triggered",
    "content_policy_violation",
    "Prompt flagged as sensitive",
    "Blocked for safety reasons",
    "NSFW content detected",
    "Responsible AI practices",
    "responsible_ai_error",
    "RAI",
    "Blocked by RAI: violence",
    "rai_filtered",
    "flagged: a portrait in training",
]
PROVIDER = [
    "generation_failed",
    "Failed to train on portrait",
    "training server restarted",
    "Railway worker died",
    "the trailer model is moderately loaded",
    "rate_limited",
    "Internal error",
    "worker overloaded: image queue is full",
    "could not download the generated image from the upstream",
    "https://images.example.test/safety.png not written",
    "",
]
INVALID = [
    "Prompt is required and must be a non-empty string",
    "invalid_request: bad things",
    "Invalid request",
    "aspect_ratio must be one of 1:1, 1:2",
    "style manga requires aspect_ratio 2:3",
    "invalid_aspect_ratio",
]
SOURCE = [
    ("image_too_large", SourceProblem.TOO_LARGE),
    ("Image too large: 60 MB", SourceProblem.TOO_LARGE),
    ("unsupported_format: BMP", SourceProblem.NOT_A_PICTURE),
    ("Unsupported format", SourceProblem.NOT_A_PICTURE),
    ("corrupt_input", SourceProblem.NOT_A_PICTURE),
    ("image could not be downloaded within 18 seconds", SourceProblem.GONE),
    ("Failed to download the input image", SourceProblem.GONE),
    ("image_url could not be fetched", SourceProblem.GONE),
    ("Error fetching image: 403", SourceProblem.GONE),
]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        *((text, FailureKind.BLOCKED) for text in BLOCKED),
        *((text, FailureKind.PROVIDER) for text in PROVIDER),
        *((text, FailureKind.INVALID) for text in INVALID),
    ],
)
def test_words_tell_the_kind(text: str, kind: FailureKind) -> None:
    assert failure_of(text).kind is kind
    assert failure_of(text.upper()).kind is kind


@pytest.mark.parametrize(("text", "problem"), SOURCE)
def test_words_tell_what_is_wrong_with_the_source(text: str, problem: SourceProblem) -> None:
    failure = failure_of(text)
    assert (failure.kind, failure.detail) == (FailureKind.SOURCE, problem)


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("see https://images.segmind.com/assets/owner%40example.test/1.png now", "see [url] now"),
        ("owner@example.test is over its cap", "[address] is over its cap"),
        ("assets/owner%40example.test/1.png", "[address]"),
        ("bad image data:image/png;base64,AAAA", "bad image [url]"),
        ("key SG_0123abcdef is wrong", "key [key] is wrong"),
        ("key 0123-secret is wrong", "key [key] is wrong"),
        ("two\nlines\x00\tand\u2028more", "two lines and more"),
        ("half a pair \ud800", "half a pair"),
        ("<b>bold</b> <script>run()</script>", "bold"),
    ],
)
def test_notes_are_one_line_without_secrets(text: str, note: str) -> None:
    assert cleaned(text, key="0123-secret") == note


def test_notes_are_clipped_quickly() -> None:
    for text in ("x" * 5_000_000, "<script" * 500_000, "a@" * 1_000_000, "<" * 3_000_000):
        assert len(cleaned(text)) <= NOTE_MOST_CHARACTERS


def test_a_failure_without_words_has_no_note() -> None:
    assert failure_of("  ").note is None
