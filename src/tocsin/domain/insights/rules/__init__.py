"""Pure: figures, loads, findings in a sentence."""
