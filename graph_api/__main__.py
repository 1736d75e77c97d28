"""The command line: `graph-api`, or `python -m graph_api`."""

from graph_api.cli.main import main

if __name__ == "__main__":
    main()
