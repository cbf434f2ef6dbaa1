"""Nothing is under version control that git is to ignore: a checkout would replace what others have there."""

import subprocess

from tests.meta.checkout import ROOT


def test_nothing_that_is_ignored_is_tracked() -> None:
    """A link with the name of the virtual environment, for example, would take the place of that."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert listed.split() == []
