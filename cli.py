"""`python cli.py …` is the same program as `dunlint …`."""

from dunlint.commands import main

if __name__ == "__main__":
    main()
