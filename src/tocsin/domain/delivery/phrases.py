"""The few words that Tocsin itself says by text message and by voice, in the languages it speaks. Pure.

What others wrote (titles) is never translated. An unknown language gets English.
"""

from collections.abc import Mapping

ENGLISH = "en"
_PHRASES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "take": "Acknowledge",
        "pass": "Pass on",
        "open": "Open",
        "not_taken": "Not acknowledged. Open it to try again.",
        "linked": "This chat is linked: pages from Tocsin reach you here. Write stop to end that.",
        "stopped_here": "You get no more messages here. Open the start link again, or switch it on in Tocsin.",
        "critical": "Critical",
        "high": "High",
        "medium": "Medium",
        "low": "Low",
        "unknown": "Severity unknown",
        "reply": "Reply 1 to take it, 2 to pass it on.",
        "press": "Press 1 to take it. Press 2 to pass it on.",
        "restricted": "Details are restricted.",
        "code": "{code} is your Tocsin code. It works for 10 minutes.",
        "code_spoken": "This is Tocsin. Your code is:",
        "again": "Once more:",
        "yours": "{reference} is yours.",
        "taken": "{by} has {reference} already. You need do nothing.",
        "passed": "{reference} is passed on.",
        "over": "{reference} needs no answer any more.",
        "no_key": "No key was pressed. Goodbye.",
        "unknown_key": "That key is not known.",
        "nothing": "Nothing waits for an answer from you.",
        "not_understood": "Not understood. Reply 1 to take it, 2 to pass it on.",
        "stopped": "You get no more text messages from Tocsin. Reply START to get them again.",
        "started": "You get text messages from Tocsin again.",
        "machine": "Open the message that came beside this call to answer.",
    },
    "de": {
        "take": "Übernehmen",
        "pass": "Weitergeben",
        "open": "Öffnen",
        "not_taken": "Nicht übernommen. Zum Wiederholen öffnen.",
        "linked": "Dieser Chat ist verbunden: Tocsin erreicht dich hier. Mit stop endet das.",
        "stopped_here": "Hier kommt nichts mehr an. Zum Wiederaufnehmen in Tocsin einschalten.",
        "critical": "Kritisch",
        "high": "Hoch",
        "medium": "Mittel",
        "low": "Niedrig",
        "unknown": "Schwere unbekannt",
        "reply": "Antworte 1: ich übernehme. 2: weitergeben.",
        "press": "Drücke 1, um zu übernehmen. Drücke 2, um weiterzugeben.",
        "restricted": "Einzelheiten sind vertraulich.",
        "code": "{code} ist dein Tocsin-Code. Er gilt 10 Minuten.",
        "code_spoken": "Hier ist Tocsin. Dein Code lautet:",
        "again": "Noch einmal:",
        "yours": "Du hast {reference} übernommen.",
        "taken": "{by} hat {reference} schon. Du musst nichts tun.",
        "passed": "{reference} ist weitergegeben.",
        "over": "{reference} braucht keine Antwort mehr.",
        "no_key": "Es wurde keine Taste gedrückt. Auf Wiederhören.",
        "unknown_key": "Diese Taste ist nicht bekannt.",
        "nothing": "Nichts wartet auf eine Antwort von dir.",
        "not_understood": "Nicht verstanden. Antworte 1: ich übernehme. 2: weitergeben.",
        "stopped": "Du bekommst keine SMS von Tocsin mehr. Mit START bekommst du sie wieder.",
        "started": "Du bekommst wieder SMS von Tocsin.",
        "machine": "Zum Antworten öffne die Nachricht, die mit diesem Anruf kam.",
    },
    "fr": {
        "take": "Prendre",
        "pass": "Passer",
        "open": "Ouvrir",
        "not_taken": "Pas pris en charge. Ouvrez pour réessayer.",
        "linked": "Cette discussion est liée : Tocsin vous joint ici. Écrivez stop pour y mettre fin.",
        "stopped_here": "Vous ne recevrez plus rien ici. Réactivez-le dans Tocsin.",
        "critical": "Critique",
        "high": "Élevé",
        "medium": "Moyen",
        "low": "Faible",
        "unknown": "Gravité inconnue",
        "reply": "Répondez 1 pour prendre, 2 pour passer.",
        "press": "Appuyez sur 1 pour prendre en charge. Appuyez sur 2 pour passer.",
        "restricted": "Les détails sont confidentiels.",
        "code": "{code} est votre code Tocsin. Il est valable 10 minutes.",
        "code_spoken": "Ici Tocsin. Votre code est :",
        "again": "Je répète :",
        "yours": "Vous avez pris {reference}.",
        "taken": "{by} a déjà {reference}. Vous n'avez rien à faire.",
        "passed": "{reference} est passé au suivant.",
        "over": "{reference} n'attend plus de réponse.",
        "no_key": "Aucune touche. Au revoir.",
        "unknown_key": "Cette touche n'est pas connue.",
        "nothing": "Rien n'attend de réponse de votre part.",
        "not_understood": "Pas compris. Répondez 1 pour prendre, 2 pour passer.",
        "stopped": "Vous ne recevrez plus de SMS de Tocsin. Répondez START pour les recevoir.",
        "started": "Vous recevez de nouveau les SMS de Tocsin.",
        "machine": "Pour répondre, ouvrez le message venu avec cet appel.",
    },
    "es": {
        "take": "Tomar",
        "pass": "Pasar",
        "open": "Abrir",
        "not_taken": "No se tomó. Ábrelo para repetir.",
        "linked": "Chat enlazado: Tocsin te avisa aquí. Escribe stop para terminar.",
        "stopped_here": "Ya no recibirás nada aquí. Actívalo de nuevo en Tocsin.",
        "critical": "Crítico",
        "high": "Alto",
        "medium": "Medio",
        "low": "Bajo",
        "unknown": "Gravedad desconocida",
        "reply": "Responde 1 para tomarlo, 2 para pasarlo.",
        "press": "Pulsa 1 para tomarlo. Pulsa 2 para pasarlo.",
        "restricted": "Los detalles son confidenciales.",
        "code": "{code} es tu código de Tocsin. Vale 10 minutos.",
        "code_spoken": "Aquí Tocsin. Tu código es:",
        "again": "Otra vez:",
        "yours": "{reference} es tuyo.",
        "taken": "{by} ya tiene {reference}. No tienes que hacer nada.",
        "passed": "{reference} pasa al siguiente.",
        "over": "{reference} ya no espera respuesta.",
        "no_key": "No se pulsó ninguna tecla. Adiós.",
        "unknown_key": "Esa tecla no se conoce.",
        "nothing": "Nada espera una respuesta tuya.",
        "not_understood": "No se entiende. Responde 1 para tomarlo, 2 para pasarlo.",
        "stopped": "Ya no recibirás SMS de Tocsin. Responde START para recibirlos.",
        "started": "Vuelves a recibir SMS de Tocsin.",
        "machine": "Para responder, abre el mensaje que llegó con esta llamada.",
    },
}
SPOKEN = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "es": "es-ES"}
"""The tag of each language for a machine that speaks it."""


def language_of(tag: str) -> str:
    """The language that is spoken to a person with this tag ('de-AT' is 'de')."""
    short = tag.replace("_", "-").partition("-")[0].lower()
    return short if short in _PHRASES else ENGLISH


def phrase(name: str, language: str, **values: str) -> str:
    """One phrase, filled."""
    return _PHRASES[language_of(language)][name].format(**values)


def languages() -> list[str]:
    """All languages that are spoken."""
    return sorted(_PHRASES)


def phrase_names() -> list[str]:
    """All phrases; every language has each."""
    return sorted(_PHRASES[ENGLISH])
