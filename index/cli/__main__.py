"""`python -m index.cli`, the same as `xunzhang`."""

from index.cli.command import main

main()
