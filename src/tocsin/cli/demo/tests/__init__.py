"""The demo as people meet it."""
