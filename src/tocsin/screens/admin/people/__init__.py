"""People, teams, API tokens, the organisation, and everybody's own profile."""
