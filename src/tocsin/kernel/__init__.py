"""Pure Python that everything stands on: clock, ids, durations, actors, refusals. No Django, no I/O."""
