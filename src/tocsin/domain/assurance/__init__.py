"""Proof that paging works: who can be reached, that nothing was lost, and that a page still goes all the way round.

Hides how the proof is made. Reads what the rooms of paging would do by their own rules; never pages for real trouble.
"""
