"""Refusals that a person can act on. Each says in one sentence what is wrong and how to mend it."""


class Refused(Exception):
    """A command did not do what was asked; nothing was changed. `field` names the input, if one is at fault."""

    status = 400

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class Invalid(Refused):
    """The input cannot be used as it is."""

    status = 422


class Denied(Refused):
    """The actor may not do this."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or not for this actor (the answer is the same on purpose)."""

    status = 404


class Conflict(Refused):
    """Someone else changed it in the meantime, or its state does not allow this."""

    status = 409


class Unavailable(Refused):
    """The store or a needed part is not well; try again later."""

    status = 503
