"""Views of the notifications of one incident: the board and its actions, and calling the team."""
