"""Pure decisions about legal clocks: which may apply, when each runs out, how each stands."""
