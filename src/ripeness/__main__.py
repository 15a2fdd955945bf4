"""`python -m ripeness` is the same as `ripeness`."""

from ripeness.cli import main

if __name__ == "__main__":
    main()
