"""What nobody should send, as Hypothesis strategies: texts, values, and JSON with something wrong in it."""

from typing import Any

from hypothesis import strategies as st

#: Known troublemakers: nothing, halves of characters, other directions, numbers that are none, and lengths.
NASTY = (
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "a fox \udc00",
    "\u202egnp.fox",
    "\u2066\u2069\u200f\u200b",
    "\ufeff",
    "\uffff",
    "@everyone @here <@1> <@&2> <#3>",
    "a" * 6000,
    "a" * 6001,
    "\U0001f3ee" * 3000,
    "\U0001f3ee" * 6000,
    "e" + "\u0301" * 3000,
    "\u200d" * 300,
    "`" * 3000,
    "\n" * 4000,
    "fox\r\n\tfox",
    "{0} {} %s %d",
    "' OR 1=1; --",
    "=1+1",
    "9" * 5000,
    "-1",
    "0",
    "1e999",
    "NaN",
    "inf",
    "\u0663",
    "\u00b2",
    "9223372036854775808",
    "https://127.0.0.2/x.png",
    "../../etc/passwd",
)
numbers = (
    st.integers()
    | st.sampled_from([0, -1, 2**31, 2**63 - 1, 2**63, 2**64, 10**30, -(10**30)])
    | st.floats(allow_nan=False, allow_infinity=False)
)
#: Every character that JSON can bring, halves of pairs included.
texts = st.sampled_from(NASTY) | st.text(st.characters(), max_size=40)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def changes(draw: st.DrawFn) -> list[tuple[int, str, Any]]:
    """What to do to a JSON: which of its places (counted round and round), and what to put there."""
    one = st.tuples(
        st.integers(0, 5000), st.sampled_from(["remove", "replace", "replace", "add", "wrap"]), values
    )
    return draw(st.lists(one, min_size=1, max_size=3))


def spoilt(whole: Any, todo: list[tuple[int, str, Any]]) -> Any:
    """The JSON with these changes made to it, in place."""
    for number, how, value in todo:
        places = list(_places(whole))
        if not places:
            return value
        holder, key = places[number % len(places)]
        if how == "remove":
            del holder[key]
        elif how == "replace":
            holder[key] = value
        elif how == "wrap":
            holder[key] = [holder[key]]
        elif isinstance(holder, dict):
            holder[f"new_{number}"] = value
        else:
            holder.append(value)
    return whole


def _places(value: Any) -> Any:
    """Every key and index in there, with what holds it."""
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value))
    for key, inner in items:
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)
