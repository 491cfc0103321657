"""Pure decisions of the status page: words and order of states, what a day lost. No database, no clock."""
