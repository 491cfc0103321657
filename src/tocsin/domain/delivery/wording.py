"""A message as the text and the HTML of a mail. Plain and short; the one link is a button. Escapes everything."""

from urllib.parse import urlsplit

from django.template.loader import render_to_string

from tocsin.domain.delivery.ports import Message

_WORDS = {"critical": "Critical", "high": "High", "medium": "Medium", "low": "Low", "unknown": "Severity unknown"}


def mail_body(message: Message) -> tuple[str, str]:
    """(text, HTML). HTML that the caller gives is taken as it is: the caller has cleaned it."""
    return _text(message), message.html or _html(message)


def _text(message: Message) -> str:
    text = message.text.strip() or message.title
    if message.url and message.url not in text:
        text = f"{text}\n\n{message.action or 'Open'}: {message.url}"
    return text + "\n"


def _html(message: Message) -> str:
    lines, action = [], message.action
    for line in message.text.strip().splitlines():
        if message.url and message.url in line:
            # The link becomes the button; the word in front of it becomes the button's.
            action = action or line.partition(message.url)[0].strip(" :")
        else:
            lines.append(line)
    severity = _WORDS.get(message.severity, "")
    safe = urlsplit(message.url).scheme in {"http", "https"}
    return render_to_string(
        "delivery/mail.html",
        {
            "title": message.title,
            "severity": "" if message.title.startswith(severity) else severity,
            "level": message.severity if message.severity in _WORDS else "",
            "paragraphs": _paragraphs(lines),
            "url": message.url if safe else "",
            "action": action or "Open",
            "reference": message.reference,
        },
    )


def _paragraphs(lines: list[str]) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [paragraph for paragraph in found if paragraph]
