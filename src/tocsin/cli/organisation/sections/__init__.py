"""A module per section of the file, each with its `SECTION`. Found by itself: a new section is one file here."""
