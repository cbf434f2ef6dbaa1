"""The command line: it runs a command with its settings, and prints an expected error as one line."""

import argparse
import asyncio
import importlib.util
import io
import math
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.domain.errors import OperatorError
from bot.ops import logs
from bot.ops.garbage import spare_what_is_loaded
from bot.ops.health import CannotListen
from bot.ops.private_files import make_new_files_private
from bot.ops.secrets import conceal, without_secrets
from bot.settings import Settings, UnusableSettings, load_settings
from bot.unknown_settings import unknown_settings

Command = Callable[[Settings, argparse.Namespace], int]


class NoSandbox(OperatorError):
    def __str__(self) -> str:
        return (
            "The sandbox is not part of this installation. "
            "Clone the repository and run `make sandbox` (or `python -m sandbox`) there."
        )


INTERRUPTED = 130  # what a shell reports after Ctrl-C: 128 + SIGINT
PIPE_CLOSED = 141  # what a shell reports when the reader of the output is gone: 128 + SIGPIPE


def run(settings: Settings, _args: argparse.Namespace) -> int:
    from bot import app
    from bot.cli import money_check

    spare_what_is_loaded()
    asyncio.run(app.run(settings, when_open=lambda: money_check.log_at_start(settings)))
    return 0


def worker(settings: Settings, _args: argparse.Namespace) -> int:
    from bot import app

    spare_what_is_loaded()
    asyncio.run(app.worker(settings))
    return 0


def sandbox(settings: Settings, args: argparse.Namespace) -> int:
    if not _has_sandbox():
        raise NoSandbox
    from sandbox import launcher
    from sandbox.options import chosen

    asyncio.run(launcher.run(settings, chosen(args)))
    return 0


def check(settings: Settings, _args: argparse.Namespace) -> int:
    from bot.cli import check

    logs.leave_out_libraries()
    return asyncio.run(check.check(settings))


def migrate(settings: Settings, _args: argparse.Namespace) -> int:
    from bot import app

    asyncio.run(app.migrate(settings))
    return 0


def backup(settings: Settings, args: argparse.Namespace) -> int:
    from bot import app

    asyncio.run(app.backup(settings, args.path))
    return 0


def restore(settings: Settings, args: argparse.Namespace) -> int:
    from bot import app

    restored = asyncio.run(app.restore(settings, args.path, is_forced=args.force))
    say(f"Restored {args.path}.")
    if restored.replaced is not None:
        say(f"What was there before is kept as {restored.replaced}.")
    if restored.doubtful:
        say(f"Pictures to be looked up in Segmind's history before anything is sent: {restored.doubtful}.")
    return 0


def servers(settings: Settings, _args: argparse.Namespace) -> int:
    from bot.cli import servers

    logs.leave_out_libraries()
    asyncio.run(servers.servers(settings))
    return 0


def leave(settings: Settings, args: argparse.Namespace) -> int:
    from bot.cli import servers

    logs.leave_out_libraries()
    asyncio.run(servers.leave(settings, args.id))
    return 0


def block(settings: Settings, args: argparse.Namespace) -> int:
    from bot.cli import servers

    asyncio.run(servers.block(settings, args.id, args.reason, args.length))
    return 0


def unblock(settings: Settings, args: argparse.Namespace) -> int:
    from bot.cli import servers

    asyncio.run(servers.unblock(settings, args.id))
    return 0


def blocked(settings: Settings, _args: argparse.Namespace) -> int:
    from bot.cli import servers

    asyncio.run(servers.blocked(settings))
    return 0


def speed(text: str) -> float:
    value = float(text)
    if not 0 < value < math.inf:
        raise argparse.ArgumentTypeError("must be more than 0")
    return value


def port(text: str) -> int:
    value = int(text)
    if not 0 <= value <= 65535:  # noqa: PLR2004  (what 16 bits hold)
        raise argparse.ArgumentTypeError("must be from 0 to 65535")
    return value


def discord_id(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,19}", text) or not 0 < int(text) < 2**63:
        raise argparse.ArgumentTypeError("must be an id of Discord's, such as 81384788765712384")
    return int(text)


def existing_file(text: str) -> Path:
    path = Path(text)
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--env-file",
        type=existing_file,
        default=Path(".env"),
        metavar="PATH",
        help="file with settings, below those of the environment (default: .env)",
    )
    root = argparse.ArgumentParser(prog="python -m bot", description="A Discord bot that makes pictures.")
    commands = root.add_subparsers(title="commands", required=True, metavar="COMMAND")

    def command(do: Command, words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(do.__name__, parents=[common], help=words, description=words)
        sub.set_defaults(do=do)
        return sub

    command(run, "Run the bot until it gets a signal to stop (SIGTERM, SIGINT).")
    command(worker, "Make the pictures that `run` asks for with QUEUE=procrastinate, until a signal to stop.")
    _add_sandbox_options(command(sandbox, "Try the bot in a small Discord of its own, in the browser."))
    command(
        check, "Check proxy, token, intents, key, disk, database and backups, and say what to do about each."
    )
    command(migrate, "Bring the database to this version's schema.")
    command(backup, "Copy the database, also while the bot runs.").add_argument(
        "path",
        type=Path,
        metavar="PATH",
        help="file to write; an older copy there is replaced, any other file is not",
    )
    command(servers, "List servers with their pictures and cost, and who is blocked.")
    _add_id(command(leave, "Leave a server."), "the server's id")
    blocking = command(block, "Block a server, or a member in all servers, and cancel waiting pictures.")
    _add_id(blocking, "the server's or the member's id")
    blocking.add_argument(
        "--for", dest="length", metavar="LENGTH", help="such as 12h, 7d or 2w (default: until `unblock`)"
    )
    blocking.add_argument("--reason", default="", help="a text for those who are blocked")
    _add_id(command(unblock, "Remove a block."), "the server's or the member's id")
    command(blocked, "List who is blocked, since and until when, and why.")
    _add_restore_options(command(restore, "Replace the database by a backup; the bot must not run."))
    return root


def _add_id(sub: argparse.ArgumentParser, words: str) -> None:
    sub.add_argument("id", type=discord_id, metavar="ID", help=words)


def _add_restore_options(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("path", type=existing_file, metavar="PATH", help="a file that `backup` made")
    sub.add_argument(
        "--force", action="store_true", help="also if a database exists, which is then moved aside"
    )


def _add_sandbox_options(sub: argparse.ArgumentParser) -> None:
    if _has_sandbox():
        from sandbox.options import add_to

        add_to(sub, number=speed, port=port)


def _has_sandbox() -> bool:
    """The package lies beside `bot` in a checkout. The container image has none."""
    return importlib.util.find_spec("sandbox") is not None


def prepared_settings(env_file: Path) -> Settings:
    """Load the settings, warn about unknown names, start logging, and keep the secrets out of it."""
    make_new_files_private()
    settings = load_settings(env_file)
    logs.configure(settings.log.format, settings.log.level)
    for password in settings.storage.passwords | settings.network.secrets:
        conceal(password)
    webhook = settings.operator.webhook_url
    for secret in (settings.discord.token, settings.segmind.api_key, settings.storage.secret_key, webhook):
        if secret is not None:
            conceal(secret.get_secret_value())
    if webhook is not None:
        conceal(webhook.get_secret_value().rpartition("/")[2])
    for line in unknown_settings(env_file):
        say(line)
    return settings


def say(text: str) -> None:
    print(without_secrets(text), file=sys.stderr)


def open_missing_streams() -> None:
    """Replace streams that the caller has closed: else the next file that is opened would get their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  open to the end


def escape_unprintable_output() -> None:
    """Write characters that the console cannot show as escapes, instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def main(arguments: Sequence[str] | None = None) -> int:
    open_missing_streams()
    escape_unprintable_output()
    args = parser().parse_args(arguments)
    return reported(lambda: args.do(prepared_settings(args.env_file), args))


def reported(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; expected errors are printed as one line."""
    try:
        return _flushed(command)
    except OperatorError as error:
        say(str(error))
        return error.exit_code
    except (UnusableSettings, CannotListen) as error:
        say(str(error))
        return 1
    except BrokenPipeError:  # as of `servers | head`, which reads no further
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED


def _flushed(command: Callable[[], int]) -> int:
    code = command()
    sys.stdout.flush()
    return code


if __name__ == "__main__":
    sys.exit(main())
