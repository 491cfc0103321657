"""The `tocsin` command line: starts the processes, and does what an operator does without a browser.

Calls the commands and queries of the rooms like any screen does. Never touches a model.
"""
