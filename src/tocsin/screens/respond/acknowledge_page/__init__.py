"""What the link in a page opens: one big button, no sign-in, no script needed."""
