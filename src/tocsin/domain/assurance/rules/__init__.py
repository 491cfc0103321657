"""Pure decisions about proofs: what an audit finds, what a balance comes to. No Django, no clock, no I/O."""
