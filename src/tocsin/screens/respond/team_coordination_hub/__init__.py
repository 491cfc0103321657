"""Team Coordination Hub: the home of an incident, and everything that people do to it from there."""
