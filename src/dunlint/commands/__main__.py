"""`python -m dunlint.commands` is the same program as `dunlint`."""

from dunlint.commands import main

main()
