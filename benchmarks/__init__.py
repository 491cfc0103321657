"""How fast Tocsin is beside its peers: programs that run both on one machine and print a table, never timed tests."""
