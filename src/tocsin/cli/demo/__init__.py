"""The demo organisation: Harbour Market, a shop with people, services, schedules, and incidents past and present.

Hides where it comes from. Never sends anything: its people's mail is switched off, and what paged them in
the past that is told led nowhere.
"""

from tocsin.cli.demo.leaving import remove, what_goes
from tocsin.cli.demo.loading import load

__all__ = ["load", "remove", "what_goes"]
