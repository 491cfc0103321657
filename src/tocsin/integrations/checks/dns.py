"""A name that must resolve, to an address if one is demanded. Asks the resolver of the system, connects nowhere."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

import httpcore

from tocsin.core.outgoing.connect import resolve
from tocsin.domain.monitoring.ports import Expectation, Finding
from tocsin.integrations.checks.expecting import host_and_port, text
from tocsin.kernel.errors import Invalid

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Dns:
    """The kind `dns`."""

    kind: str = "dns"
    label: str = "Name (DNS)"
    target_label: str = "shop.example.org"
    expectations: tuple[Expectation, ...] = (
        Expectation("address", "Resolves to", "An address that must be among its addresses, like 192.0.2.7."),
    )

    def settle(self, target: str, expect: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """See the port."""
        host, _ = host_and_port(target, port=53)
        address = text(expect, "address")
        if address:
            try:
                address = str(ip_address(address))
            except ValueError as error:
                raise Invalid("address: write a numeric address, like 192.0.2.7.", field="address") from error
        return host, {"address": address} if address else {}

    def look(self, target: str, expect: Mapping[str, Any], timeout: float) -> Finding:
        """See the port."""
        began = time.monotonic()
        try:
            found = resolve(target, 0, timeout)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            return Finding(False, str(error).capitalize())
        took = int((time.monotonic() - began) * 1000)
        said = ", ".join(found[:_SHOWN]) + ("" if len(found) <= _SHOWN else f" and {len(found) - _SHOWN} more")
        wanted = expect.get("address", "")
        if wanted and wanted not in found:
            return Finding(False, f"{said}, expected {wanted}", took)
        return Finding(bool(found), said or "No address", took)
