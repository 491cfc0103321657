"""Settings of roles in incidents: which skills each asks for, its standing duties, roles of one's own."""
