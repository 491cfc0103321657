"""Each kind of check against real sockets: what passes, what fails, and why in one sentence."""

import datetime as dt
import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tocsin.core.outgoing import client
from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.integrations.checks.dns import Dns
from tocsin.integrations.checks.expecting import host_and_port, is_among
from tocsin.integrations.checks.http import Http
from tocsin.integrations.checks.ports import Tcp, Tls
from tocsin.kernel.clock import now
from tocsin.kernel.errors import Invalid


@pytest.fixture(autouse=True)
def listed(settings: Any) -> None:
    settings.OUTGOING_ALLOW = ["127.0.0.1"]


@pytest.fixture
def peer() -> Iterator[Peer]:
    with listening() as server:
        yield server


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    """A TLS server whose certificate lasts ten days, and a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now() - dt.timedelta(days=1))
        .not_valid_after(now() + dt.timedelta(days=10, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(pem))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    trusting = ssl.create_default_context(cafile=str(file))
    monkeypatch.setattr(client, "_tls", lambda: trusting)
    with listening(tls=server) as running:
        yield running


def test_an_open_port_passes_and_a_closed_one_fails(peer: Peer) -> None:
    assert Tcp().look(f"127.0.0.1:{peer.port}", {}, 2).ok
    closed = Tcp().look("127.0.0.1:1", {}, 2)
    assert (closed.ok, closed.answer) == (False, "127.0.0.1 cannot be reached: Connection refused")


def test_a_certificate_passes_until_it_runs_out_too_soon(secure: Peer) -> None:
    target = f"127.0.0.1:{secure.port}"
    long_enough = Tls().look(target, {"tls_days": 7}, 5)
    assert (long_enough.ok, long_enough.answer) == (True, "Valid for 10\N{NO-BREAK SPACE}days")
    too_short = Tls().look(target, {"tls_days": 14}, 5)
    assert not too_short.ok
    assert "at least 14 days are expected" in too_short.answer
    assert too_short.until is not None


def test_a_web_address_can_demand_the_same(secure: Peer) -> None:
    target = f"https://127.0.0.1:{secure.port}/"
    assert Http().look(target, {"tls_days": 7}, 5).ok
    assert "The certificate runs out in" in Http().look(target, {"tls_days": 14}, 5).answer


def test_a_certificate_that_nobody_vouches_for_fails(secure: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_tls", ssl.create_default_context)
    found = Tls().look(f"127.0.0.1:{secure.port}", {}, 5)
    assert not found.ok
    assert "certificate" in found.answer.lower()


def test_a_slow_answer_can_be_a_failure(peer: Peer) -> None:
    peer.drip = 0.01
    found = Http().look(f"http://127.0.0.1:{peer.port}/", {"latency_ms": 5}, 5)
    assert not found.ok
    assert "at most 5 ms are expected" in found.answer


def test_a_redirect_is_an_answer_and_is_not_followed(peer: Peer) -> None:
    peer.replies("302 Found", "Location: http://169.254.169.254/")
    assert Http().look(f"http://127.0.0.1:{peer.port}/", {}, 5).answer == "302 Found, expected 200-299"
    assert peer.connections == 1


def test_a_name_resolves_to_what_is_demanded() -> None:
    assert Dns().look("localhost", {}, 5).ok
    wrong = Dns().look("localhost", {"address": "192.0.2.7"}, 5)
    assert (wrong.ok, wrong.answer.endswith("expected 192.0.2.7")) == (False, True)
    assert not Dns().look("nothing.invalid", {}, 5).ok


@pytest.mark.parametrize(
    ("written", "found"),
    [("db:5432", ("db", 5432)), ("[::1]:53", ("::1", 53)), ("10.0.0.1:80", ("10.0.0.1", 80))],
)
def test_host_and_port_are_read_as_people_write_them(written: str, found: tuple[str, int]) -> None:
    assert host_and_port(written) == found


@pytest.mark.parametrize("written", ["db", "db:", ":80", "db:0", "db:65536", "a b:80", "http://db:80", "db:80/x"])
def test_what_is_no_host_and_port_is_refused(written: str) -> None:
    with pytest.raises(Invalid):
        host_and_port(written)


def test_status_codes_may_be_ranges_and_lists() -> None:
    assert is_among(204, "200-299")
    assert is_among(404, "200, 404")
    assert not is_among(500, "200-299, 404")


def test_the_answer_never_shows_what_the_other_side_said(peer: Peer) -> None:
    peer.replies("200 secret-phrase", body=b"secret-body")
    found = Http().look(f"http://127.0.0.1:{peer.port}/", {"contains": "other"}, 5)
    assert "secret" not in found.answer
