"""``python -m archgraph``."""

from archgraph.cli import main

if __name__ == "__main__":
    main()
