"""Views of the settings of people, one module per page and its actions."""
