"""Pure decisions about checks: how answers make a state, and when to ask again."""
