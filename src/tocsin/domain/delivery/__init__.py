"""Delivery: messages leave the house through here, each with a ledger row that says honestly what became of it.

Hides vendors, retries and secrets of destinations. Never decides whom to tell, nor what.
"""
