"""The command `xunzhang`: everything the page can do, for scripts.

Results go to stdout, progress and messages to stderr. With --json a command prints one object.
Exit codes: 0 done; 1 done, but some files could not be read or some damage was found; 2 wrong use;
3 the library cannot be used.
"""

# Each of these adds its commands to the root command; the order here is that of --help.
from index.cli import content as content
from index.cli import questions as questions
from index.cli import reviewing as reviewing
from index.cli import upkeep as upkeep
from index.cli.command import cli, main

__all__ = ["cli", "main"]
