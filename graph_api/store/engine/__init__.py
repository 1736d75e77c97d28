"""The embedded engine: its process, its data folder and the checks of both."""
