"""What Twilio is told to say: TwiML. Texts are few and slow, and said twice. Knows no account and no network."""

from xml.etree.ElementTree import Element, SubElement, tostring

from tocsin.domain.delivery.brief import spoken
from tocsin.domain.delivery.phrases import SPOKEN, language_of, phrase
from tocsin.domain.delivery.ports import Message

WAITS = 6
"""Seconds for a key after the last word."""


def asked(message: Message, key_url: str) -> str:
    """Read the message out twice and wait for a key, which is posted to `key_url`. Without a question: only told."""
    if not message.replies or message.code:
        return told(message)
    root = Element("Response")
    gather = SubElement(root, "Gather", input="dtmf", numDigits="1", timeout=str(WAITS), action=key_url, method="POST")
    for _ in range(2):
        _say(gather, " ".join(spoken(message)), message.language)
        _say(gather, phrase("press", message.language), message.language)
        SubElement(gather, "Pause", length="1")
    _say(root, phrase("no_key", message.language), message.language)
    return _text(root)


def told(message: Message) -> str:
    """Read the message out twice; a code digit by digit, three times, with time to write."""
    root = Element("Response")
    if message.code:
        _say(root, " ".join(spoken(message)), message.language)
        for turn in range(3):
            if turn:
                _say(root, phrase("again", message.language), message.language)
            for digit in message.code:
                _say(root, f"{digit}.", message.language)
                SubElement(root, "Pause", length="1")
        return _text(root)
    for _ in range(2):
        _say(root, " ".join(spoken(message)), message.language)
        SubElement(root, "Pause", length="1")
    return _text(root)


def left(message: Message) -> str:
    """What is left on an answering machine: once, and how to answer instead."""
    root = Element("Response")
    _say(root, " ".join(spoken(message)), message.language)
    if message.replies:
        _say(root, phrase("machine", message.language), message.language)
    return _text(root)


def said(sentence: str, language: str) -> str:
    """One sentence, then the end of the call."""
    root = Element("Response")
    _say(root, sentence, language)
    return _text(root)


def again(sentence: str, language: str, url: str) -> str:
    """One sentence, then everything from the start."""
    root = Element("Response")
    _say(root, sentence, language)
    SubElement(root, "Redirect", method="POST").text = url
    return _text(root)


def written(sentence: str) -> str:
    """A text message back to who wrote; none when there is nothing to say."""
    root = Element("Response")
    if sentence:
        SubElement(root, "Message").text = sentence
    return _text(root)


def _say(parent: Element, text: str, language: str) -> None:
    SubElement(parent, "Say", language=SPOKEN[language_of(language)]).text = text


def _text(root: Element) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>' + tostring(root, encoding="unicode")
