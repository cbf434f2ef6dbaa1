"""Words and forms that make a reader stop, and where they stand in a module."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

#: A docstring that begins so is a fragment: "Return …" or "The …" makes it a sentence.
FRAGMENT_OPENINGS = frozenset(
    {
        "As",
        "At",
        "By",
        "False",
        "For",
        "From",
        "How",
        "In",
        "Not",
        "None",
        "Of",
        "On",
        "So",
        "To",
        "True",
        "Until",
        "What",
        "When",
        "Where",
        "Whether",
        "Which",
        "Who",
        "Whoever",
        "Whom",
        "Whose",
        "With",
        "Without",
    }
)
#: Quaint or unusual words, in docstrings, comments and log lines.
QUAINT = re.compile(
    r"\b(?:all the same|anew|be had|for ever|nobody|so long(?! as)|told|whence|whoever|whomever)\b",
    re.IGNORECASE,
)
#: Names that do not say what they hold.
EMPTY_IDENTIFIERS = frozenset({"doomed", "its", "one", "said", "stubborn", "theirs", "told", "whence"})

WITH_DOCSTRING = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstrings(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every docstring of the module, with its line."""
    for node in ast.walk(module):
        if isinstance(node, WITH_DOCSTRING) and (text := ast.get_docstring(node)):
            yield node.body[0].lineno, text


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Every comment of the source, with its line."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def strings(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every string constant: log lines, messages and docstrings."""
    for node in ast.walk(module):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def identifiers(module: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name that the module gives to a variable or an argument."""
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg


def complaints(source: str) -> Iterator[str]:
    """Yield a line for everything in the module that should be said in plainer words."""
    module = ast.parse(source)
    for line, text in docstrings(module):
        opening = text.split(maxsplit=1)[0].strip(",.:;")
        if opening in FRAGMENT_OPENINGS:
            yield f"{line}: the docstring begins as a fragment with {opening}"
    for line, text in (*comments(source), *strings(module)):
        for word in QUAINT.findall(text):
            yield f"{line}: {word!r} is not a usual word"
    for line, name in identifiers(module):
        if name.strip("_") in EMPTY_IDENTIFIERS:
            yield f"{line}: the name {name} does not say what it holds"
