"""Pure decisions of the catalogue: the shape of a service, the dependency graph, the catalogue as a file."""
