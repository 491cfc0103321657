"""Kills engines while real pages go out, and counts what got lost on the way.

The whole line is real: alerts accepted by the door's command, folded, grouped, an incident, an escalation, pages by
mail and webhook to a process outside, answers by the links that arrived there. Only time is quick. Afterwards:

- every page reached its person at least once, or was held back for a reason that is kept; no message counts as sent
  that never arrived;
- no escalation waits without a timer, no delivery without work;
- nobody is paged after an acknowledgement was committed, beyond what was leased before it;
- the log verifies, the ledger balances; duplicates are counted.

    python -m tests.harness.kills --engines 3 --kills 75        (the database is TOCSIN_DATABASE_URL)
"""
