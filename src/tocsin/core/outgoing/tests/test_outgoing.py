"""Outgoing HTTP: what must never be reached is never connected to, and every ending is told apart."""

import datetime as dt
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tocsin.core.outgoing import (
    AddressRefused,
    BadUrl,
    NoAnswer,
    Unreachable,
    check_url,
    client,
    connect,
    guarded,
    refusal,
    request,
)
from tocsin.core.outgoing.tests.peer import Peer, listening
from tocsin.kernel.errors import Invalid


@pytest.fixture
def peer() -> Iterator[Peer]:
    with listening() as running:
        yield running


@pytest.fixture
def allowed(settings: Any) -> None:
    settings.OUTGOING_ALLOW = ["127.0.0.0/8"]


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let the resolver give these answers, one per question; returns the list of names asked."""
    asked: list[str] = []
    left = list(answers)
    real = socket.getaddrinfo

    def look_up(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        if host.startswith("127."):
            return real(host, port, *rest, **options)
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in left.pop(0)]

    monkeypatch.setattr(connect.socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "0",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
        "[::]",
        "127.0.0.1.",
        "\uff11\uff12\uff17.0.0.1",
    ],
)
def test_no_spelling_of_this_machine_reaches_a_listening_socket(peer: Peer, host: str) -> None:
    with pytest.raises((AddressRefused, Unreachable, BadUrl)):
        request("GET", f"http://{host}:{peer.port}/", timeout=2)
    time.sleep(0.02)
    assert peer.connections == 0


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.100.100.200",
        "168.63.129.16",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "fe80::1%eth0",
        "fd00:ec2::254",
        "ff02::1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "::127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "not an address",
    ],
)
def test_special_addresses_are_refused(address: str) -> None:
    assert refusal(address)


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101", "::ffff:1.1.1.1"]
)
def test_public_addresses_are_not(address: str) -> None:
    assert refusal(address) == ""


def test_a_name_that_turns_inward_after_it_was_checked_gains_nothing(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the form saw a public address, the connection would see this machine."""
    asked = names(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])
    url = check_url(f"http://rebound.example.org:{peer.port}/")
    with pytest.raises(AddressRefused, match="this machine"):
        request("GET", url)
    assert (peer.connections, asked) == (0, ["rebound.example.org"])


def test_a_name_is_resolved_once_and_exactly_that_number_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding between check and connection: a second answer is never asked for."""
    asked = names(monkeypatch, ["93.184.215.14"], ["127.0.0.1"])
    dialled: list[str] = []

    def dial(self: Any, address: str, port: int, share: int = 1) -> Any:
        dialled.append(address)
        raise connect.httpcore.ConnectError("not from a test")

    monkeypatch.setattr(connect.CheckedBackend, "_dial", dial)
    with pytest.raises(Unreachable):
        request("GET", "http://rebound.example.org/")
    assert (asked, dialled) == (["rebound.example.org"], ["93.184.215.14"])


def test_of_a_mixed_answer_only_the_public_numbers_are_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["10.0.0.1", "93.184.215.14", "127.0.0.1"])
    dialled: list[str] = []

    def dial(self: Any, address: str, port: int, share: int = 1) -> Any:
        dialled.append(address)
        raise connect.httpcore.ConnectError("not from a test")

    monkeypatch.setattr(connect.CheckedBackend, "_dial", dial)
    with pytest.raises(Unreachable):
        request("GET", "http://mixed.example.org/")
    assert dialled == ["93.184.215.14"]


def test_a_redirect_inward_is_an_answer_and_is_not_followed(settings: Any) -> None:
    with listening() as outside, listening("127.0.0.2") as inside:
        settings.OUTGOING_ALLOW = ["127.0.0.1/32"]
        outside.replies("302 Found", f"Location: http://127.0.0.2:{inside.port}/")
        answer = request("GET", f"http://127.0.0.1:{outside.port}/")
        time.sleep(0.02)
        assert (answer.status, answer.ok, inside.connections) == (302, False, 0)


def test_an_allow_listed_address_is_reached_with_the_name_as_host(
    peer: Peer, allowed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, ["127.0.0.1"])
    answer = request("POST", f"http://inside.example.org:{peer.port}/a?b=c", content=b"hello", headers={"X-One": "1"})
    assert answer.ok
    assert answer.content == b"ok"
    sent = peer.requests[0]
    assert sent.startswith(b"POST /a?b=c HTTP/1.1\r\n")
    assert f"host: inside.example.org:{peer.port}\r\n".encode() in sent.lower()
    assert sent.endswith(b"hello")


def test_tls_asks_for_the_name_and_believes_only_its_certificate(
    allowed: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server, trusting = _certificate("hooks.example.org", tmp_path)
    monkeypatch.setattr(client, "_tls", lambda: trusting)
    with listening(tls=server) as peer:
        names(monkeypatch, ["127.0.0.1"], ["127.0.0.1"])
        assert request("GET", f"https://hooks.example.org:{peer.port}/").ok
        assert peer.names == ["hooks.example.org"]
        with pytest.raises(Unreachable):
            request("GET", f"https://other.example.org:{peer.port}/")
        assert len(peer.requests) == 1


def test_a_large_answer_is_cut_at_the_cap(peer: Peer, allowed: None) -> None:
    peer.replies("200 OK", body=b"x" * 500_000)
    answer = request("GET", f"http://127.0.0.1:{peer.port}/", max_bytes=1000)
    assert (len(answer.content), answer.truncated) == (1000, True)


def test_a_drip_of_bytes_ends_at_the_deadline(peer: Peer, allowed: None) -> None:
    peer.drip = 0.1
    began = time.monotonic()
    with pytest.raises(NoAnswer):
        request("GET", f"http://127.0.0.1:{peer.port}/", timeout=0.4)
    assert time.monotonic() - began < 1.5


def test_a_slow_resolver_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connect.socket, "getaddrinfo", lambda *_a, **_k: time.sleep(5))
    began = time.monotonic()
    with pytest.raises(Unreachable):
        request("GET", "http://slow.example.org/", timeout=0.2)
    assert time.monotonic() - began < 1.5


def test_a_request_that_went_out_without_an_answer_is_not_called_unsent(peer: Peer, allowed: None) -> None:
    peer.answer = None
    with pytest.raises(NoAnswer):
        request("POST", f"http://127.0.0.1:{peer.port}/", content=b"x")
    assert len(peer.requests) == 1


def test_a_closed_port_is_called_unsent(allowed: None) -> None:
    with listening() as gone:
        port = gone.port
    with pytest.raises(Unreachable):
        request("POST", f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url", ["ftp://example.org/", "file:///etc/passwd", "http://", "javascript:1", "http://u:p@x/"]
)
def test_what_is_no_web_address_is_refused_by_name(url: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_url(url, field="address")
    assert refused.value.field == "address"


def test_headers_cannot_carry_line_breaks(peer: Peer, allowed: None) -> None:
    with pytest.raises(Exception, match=r"(?i)header|illegal|invalid"):
        request("GET", f"http://127.0.0.1:{peer.port}/", headers={"X-One": "1\r\nX-Two: 2"})
    assert b"X-Two" not in b"".join(peer.requests)


def test_foreign_network_code_is_held_to_the_same_rule(peer: Peer) -> None:
    with guarded() as refused, pytest.raises(AddressRefused):
        socket.create_connection(("127.0.0.1", peer.port), timeout=1)
    assert "127.0.0.1" in refused[0]
    time.sleep(0.02)
    assert peer.connections == 0
    socket.create_connection(("127.0.0.1", peer.port), timeout=1).close()


def test_foreign_network_code_may_not_connect_by_name_or_start_programs(peer: Peer) -> None:
    with guarded(), socket.socket() as plain, pytest.raises(AddressRefused):
        plain.connect(("localhost", peer.port))
    with guarded(), pytest.raises(AddressRefused):
        subprocess.run(["true"], check=True)
    assert peer.connections == 0


def _certificate(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    file = folder / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + pem
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
