"""Rulebooks: numbers and rules that administrators change, in numbered editions that never change again."""
