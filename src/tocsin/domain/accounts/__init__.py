"""People of the organisation, their roles and teams, and every way in: sign-in, sign-in links, API tokens."""
