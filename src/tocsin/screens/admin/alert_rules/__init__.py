"""Alert rules: what keeps alerts quiet (maintenance, inhibitions, silences), and signals that could not be read."""
