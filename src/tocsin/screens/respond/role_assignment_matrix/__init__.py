"""Role Assignment Matrix: roles x people of an incident, giving, accepting, handing over, and what is not covered."""
