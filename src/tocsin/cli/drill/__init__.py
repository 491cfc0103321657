"""The program behind a drill: a sample shop that really breaks, a practice mailbox, and the one who walks the steps.

Acts as people would: through the rooms' commands, the doors for alerts and the link of a page. What a drill has made
is kept by `tocsin.domain.drill`, so that a killed player leaves nothing behind for good.
"""
