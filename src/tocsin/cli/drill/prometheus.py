"""What a Prometheus beside the shop would do: look every second, and post firing and resolved alerts to its address.

The body is Prometheus's own (Alertmanager API v2), so that the drill takes the way of a real one.
"""

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta

from tocsin.kernel.clock import now

_LOOKS_EVERY = 1.0
_SAYS_AGAIN_AFTER = 5
_FIRES_AFTER = 3
_ENDS_IN = timedelta(minutes=4)


class Watcher:
    """Watches the shop's lost orders from `start` to `stop`."""

    def __init__(self, address: str, shop_url: str, lost_in_a_row: Callable[[], int]) -> None:
        self._address, self._shop_url, self._lost = f"{address}/api/v2/alerts", shop_url, lost_in_a_row
        self._stopping = threading.Event()
        self._firing_since: datetime | None = None
        self._looks = 0
        self.answer = ""
        """What the door answered last."""

    def start(self) -> None:
        """Begin to watch."""
        threading.Thread(target=self._watch, name="prometheus", daemon=True).start()

    def stop(self) -> None:
        """Watch no more."""
        self._stopping.set()

    def _watch(self) -> None:
        while not self._stopping.wait(_LOOKS_EVERY):
            lost = self._lost()
            self._looks += 1
            if lost >= _FIRES_AFTER:
                begins = self._firing_since is None
                self._firing_since = self._firing_since or now()
                if begins or self._looks % _SAYS_AGAIN_AFTER == 0:
                    self._post(self._firing_since, now() + _ENDS_IN)
            elif self._firing_since is not None and lost == 0 and self._post(self._firing_since, now()):
                self._firing_since = None

    def _post(self, starts: datetime, ends: datetime) -> bool:
        alert = {
            "labels": {"alertname": "ShopOrdersFail", "severity": "critical", "instance": self._shop_url.rstrip("/")},
            "annotations": {
                "summary": "Drill: the sample shop takes no orders",
                "description": "Every order of the last seconds was answered with 503: the database does not answer.",
            },
            "startsAt": starts.isoformat(),
            "endsAt": ends.isoformat(),
            "generatorURL": f"{self._shop_url}metrics",
        }
        request = urllib.request.Request(  # noqa: S310 (the address of this Tocsin)
            self._address, data=json.dumps([alert]).encode(), headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 (as above)
                self.answer = f"{answer.status} {answer.reason}"
        except urllib.error.HTTPError as error:
            self.answer = f"{error.code} {error.reason}"
            return False
        except OSError as error:
            self.answer = str(error)
            return False
        return True
