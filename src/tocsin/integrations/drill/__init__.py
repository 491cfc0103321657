"""The practice mailbox of a drill, as a way out for messages."""
