"""Registers the kinds of check that need nothing but a network."""

from tocsin.domain.monitoring.ports import register_probe
from tocsin.integrations.checks.dns import Dns
from tocsin.integrations.checks.http import Http
from tocsin.integrations.checks.ports import Tcp, Tls

for _probe in (Http(), Tcp(), Tls(), Dns()):
    register_probe(_probe)
