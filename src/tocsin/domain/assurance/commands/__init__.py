"""Everything that changes what is proved about paging. Nothing else writes it."""

from tocsin.domain.assurance.commands.auditing import audit
from tocsin.domain.assurance.commands.conserving import conserve
from tocsin.domain.assurance.commands.telling import tell
from tocsin.domain.assurance.commands.testing import end_old_tests, page_everyone_on_call, page_me, stop_test

__all__ = ["audit", "conserve", "end_old_tests", "page_everyone_on_call", "page_me", "stop_test", "tell"]
