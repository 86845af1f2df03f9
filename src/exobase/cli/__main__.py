"""python -m exobase.cli: the same as the exobase command."""

from exobase.cli.app import main

main()
