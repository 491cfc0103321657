"""Views of the portal: the list, one report, its review, lessons, action items and files."""
