"""Run the command line as ``python -m commons``."""

from commons.cli import main

if __name__ == "__main__":
    main()
