"""Views of the editor, one module for each of its parts."""
