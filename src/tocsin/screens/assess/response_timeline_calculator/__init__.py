"""Response Timeline Calculator: every deadline of an incident drawn, explained, tried for another severity."""
