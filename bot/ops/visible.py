"""The escaping of others' text for logs: it cannot break a line or hide anything."""

import json


def visible(text: str) -> str:
    r"""Replace each character that is not printable by an escape as in JSON, such as \n or \u202e."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)


def visible_lines(text: str) -> str:
    """Escape a text with lines, and indent each line, so that none looks like a line of the log."""
    return "\n".join(f"  {visible(line)}" for line in text.split("\n"))
