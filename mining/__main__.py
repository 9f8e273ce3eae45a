"""`python -m mining` is `vsm`."""

from mining.cli import main

if __name__ == "__main__":
    main()
