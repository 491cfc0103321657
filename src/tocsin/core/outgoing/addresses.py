"""Which network addresses Tocsin may connect to on somebody's word. Pure but for the administrator's allow-list.

Looks at numbers only, never at names: every spelling of an address is the same address once it is resolved.
"""

from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

# IANA's special-purpose registries of both families, without what is globally reachable; each with its plain name.
_REFUSED_V4 = {
    IPv4Network("0.0.0.0/8"): "this host",
    IPv4Network("10.0.0.0/8"): "a private network",
    IPv4Network("100.64.0.0/10"): "a carrier's shared network",
    IPv4Network("127.0.0.0/8"): "this machine",
    IPv4Network("168.63.129.16/32"): "a cloud's metadata server",
    IPv4Network("169.254.0.0/16"): "link-local (cloud metadata)",
    IPv4Network("172.16.0.0/12"): "a private network",
    IPv4Network("192.0.0.0/24"): "reserved",
    IPv4Network("192.0.2.0/24"): "for documentation only",
    IPv4Network("192.88.99.0/24"): "a retired relay",
    IPv4Network("192.168.0.0/16"): "a private network",
    IPv4Network("198.18.0.0/15"): "for benchmarks only",
    IPv4Network("198.51.100.0/24"): "for documentation only",
    IPv4Network("203.0.113.0/24"): "for documentation only",
    IPv4Network("224.0.0.0/4"): "multicast",
    IPv4Network("240.0.0.0/4"): "reserved",
}
# Of IPv6 only global unicast is reachable; within it, tunnels that can carry any IPv4 address are not trusted.
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = {
    IPv6Network("2001::/23"): "reserved or a tunnel",
    IPv6Network("2001:db8::/32"): "for documentation only",
    IPv6Network("2002::/16"): "a tunnel",
    IPv6Network("3fff::/20"): "for documentation only",
}
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(Exception):
    """The address is not one that Tocsin may connect to; nothing was sent."""


def refusal(address: str) -> str:
    """Why Tocsin may not connect to this numeric address; empty when it may.

    Private, link-local, shared, metadata, multicast and reserved ranges are refused unless `TOCSIN_OUTGOING_ALLOW`
    lists them (security.md). An IPv4 address inside an IPv6 one is judged as what it is.
    """
    try:
        number = _unwrapped(ip_address(address.partition("%")[0]))
    except ValueError:
        return "it is not a numeric address"
    if any(number in network for network in _allowed(tuple(settings.OUTGOING_ALLOW))):
        return ""
    return _why(number)


def _unwrapped(number: Address) -> Address:
    if isinstance(number, IPv6Address):
        if number.ipv4_mapped is not None:
            return number.ipv4_mapped
        if number in _NAT64:
            return IPv4Address(int(number) & 0xFFFFFFFF)
    return number


def _why(number: Address) -> str:
    if isinstance(number, IPv4Address):
        return next((why for network, why in _REFUSED_V4.items() if number in network), "")
    if number not in _GLOBAL_V6:
        return "this machine" if number.is_loopback else "a private or reserved network"
    return next((why for network, why in _REFUSED_V6.items() if number in network), "")


@lru_cache(maxsize=8)
def _allowed(listed: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ip_network(entry.strip(), strict=False) for entry in listed)
