"""Makes text that somebody else wrote harmless in a log: no line is broken, and nothing is hidden."""

import json


def visible(text: str) -> str:
    r"""With an escape such as \n or \u202e, as in JSON, for each character that is not simply shown."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in text)


def visible_lines(text: str) -> str:
    """The same for what has lines; each is indented, so that none passes for a line of the log."""
    return "\n".join(f"  {visible(line)}" for line in text.split("\n"))
