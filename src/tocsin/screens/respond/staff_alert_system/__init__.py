"""Staff Alert System: one message to many who must answer it; who has, who has not, who could not be reached."""
