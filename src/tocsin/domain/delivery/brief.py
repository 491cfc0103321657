"""A message as a phone can take it at three in the morning: a text of at most two parts, or a few spoken words.

Counts as the networks do (GSM 03.38: 160 letters, 153 in a chain; others 70 and 67). Pure. Never speaks a link.
"""

from tocsin.domain.delivery.doors import Answered
from tocsin.domain.delivery.phrases import language_of, phrase
from tocsin.domain.delivery.ports import Message
from tocsin.domain.delivery.rules import one_line

_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€\f")
"""Letters of the extension table: each takes the place of two."""
_PLAIN = str.maketrans(
    {
        "’": "'", "‘": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "−": "-", "‑": "-", "…": "...", "•": "-", "→": ">",
        "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "`": "'", "×": "x",
    }
)  # fmt: skip
PARTS = 2
"""At most so many parts for a page: longer ones arrive in pieces and out of order."""
SPOKEN_TITLE = 120


def plain(text: str) -> str:
    """Typographers' signs as typewriters wrote them: one of them would halve what fits."""
    return text.translate(_PLAIN)


def is_gsm(text: str) -> bool:
    """True when every letter is in the alphabet of seven bits."""
    return all(c in _GSM or c in _GSM_TWICE for c in text)


def units(text: str) -> int:
    """How much room a text takes: septets in the alphabet of seven bits, else UTF-16 units."""
    return _size(text, wide=not is_gsm(text))


def parts(text: str) -> int:
    """Of how many parts a text message is made."""
    single, chained = _sizes(wide=not is_gsm(text))
    size = units(text)
    return 1 if size <= single else -(-size // chained)


def sms_text(message: Message, *, replies: bool = True, most: int = PARTS) -> str:
    """What a text message says: severity and title, how to answer, the link; never more than `most` parts.

    `replies`: the channel takes answers. What is not a page also carries its text. The link is never cut; where
    little room is left the words about answering go first.
    """
    if message.code:
        return plain(phrase("code", message.language, code=message.code))
    head = plain(headline(message))
    if not message.replies and message.text and message.text.strip() != message.title:
        head = f"{head}\n{plain(one_line(message.text, 600))}"
    how = plain(phrase("reply", message.language)) if message.replies and replies else ""
    whole = "\n".join(line for line in (how, message.url) if line)
    return _fitted(head, whole, most, least=30) or _fitted(head, message.url, most) or message.url


def _fitted(head: str, tail: str, most: int, *, least: int = 0) -> str:
    """Head and tail in `most` parts, the head cut; '' when fewer than `least` units are left for it."""
    tail = f"\n{tail}" if tail else ""
    wide = not is_gsm(head + tail)
    single, chained = _sizes(wide=wide)
    left = (single if most == 1 else chained * most) - _size(tail, wide=wide)
    if _size(head + tail, wide=wide) <= single or _size(head, wide=wide) <= left:
        return head + tail
    return cut(head, left, wide=wide) + tail if left >= max(least, 3) else ""


def cut(text: str, size: int, *, wide: bool = False) -> str:
    """`text` in at most `size` units, cut between words where possible, with two dots at its end when cut."""
    if _size(text, wide=wide) <= size:
        return text
    kept, used = "", 0
    for c in text:
        used += _size(c, wide=wide)
        if used > size - 2:
            break
        kept += c
    shorter = kept.rpartition(" ")[0]
    return (shorter if len(shorter) > len(kept) * 2 // 3 else kept).rstrip(" ,;:-") + ".."


def _sizes(*, wide: bool) -> tuple[int, int]:
    return (70, 67) if wide else (160, 153)


def _size(text: str, *, wide: bool) -> int:
    if wide:
        return len(text.encode("utf-16-le")) // 2
    return sum(2 if c in _GSM_TWICE else 1 for c in text)


def headline(message: Message) -> str:
    """Severity, reference and title on one line, the severity in the reader's language."""
    title = one_line(message.title, 300)
    word = _SEVERITY.get(message.severity, "")
    if word and title.startswith(f"{word}:"):
        return phrase(message.severity, message.language) + title.removeprefix(word)
    return title


_SEVERITY = {
    "critical": "Critical",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "unknown": "Severity unknown",
}


def spoken(message: Message) -> list[str]:
    """Sentences for a machine to read out, without the keys: severity, the reference in letters, the title."""
    if message.code:
        return [phrase("code_spoken", message.language)]
    said = ["Tocsin."]
    title = one_line(message.title, 300)
    if message.severity in _SEVERITY:
        word = _SEVERITY[message.severity]
        said.append(phrase(message.severity, message.language) + ".")
        title = title.removeprefix(f"{word}:").strip()
    if message.reference and title.startswith(message.reference):
        said.append(spelled(message.reference) + ".")
        title = title.removeprefix(message.reference).strip()
        if not title:
            said.append(phrase("restricted", message.language))
    title = _words(title)
    if title:
        said.append(f"{title.rstrip('.')}.")
    return said


def spelled(reference: str) -> str:
    """A reference as it is said: 'INC-42' is 'I N C 42'."""
    letters, _, number = reference.partition("-")
    return f"{' '.join(letters)} {number}".strip() if number else reference


def _words(title: str) -> str:
    clean = "".join(c if c.isalnum() or c in " .,:%'-/" else " " for c in plain(title))
    clean = " ".join(clean.split())
    if len(clean) <= SPOKEN_TITLE:
        return clean
    return clean[:SPOKEN_TITLE].rpartition(" ")[0] or clean[:SPOKEN_TITLE]


_SAID = {
    "yours": "yours",
    "again": "yours",
    "all": "yours_all",
    "taken": "taken",
    "passed": "passed",
    "over": "over",
}


def said_back(answer: Answered, language: str) -> str:
    """What somebody who answered is told, in their language."""
    name = _SAID.get(answer.state)
    if name is None:
        return answer.sentence
    by = answer.by or ("Someone" if language_of(language) == "en" else "")
    if name == "taken" and not by:
        name = "over"
    said = phrase(name, language, reference=answer.reference, by=by).strip()
    return f"{said} {phrase('more_wait', language, count=str(answer.waiting))}" if answer.waiting else said
