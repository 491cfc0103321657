"""Sentences about one file, told together. Pure."""

from tocsin.kernel.errors import Invalid, Refused


class Problems:
    """Sentences about one file, in order; raised together."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, path: str, sentence: str) -> None:
        """Note what is wrong at `path`."""
        self.found.append(f"{path}: {sentence}")

    def refused(self, path: str, refusal: Refused) -> None:
        """Note a room's refusal of the entry at `path`."""
        self.add(path, refusal.sentence)

    def check(self) -> None:
        """Raise `Invalid` with all sentences, one a line, when there is any."""
        if self.found:
            count = f"{len(self.found)} problems" if len(self.found) > 1 else "1 problem"
            raise Invalid("\n".join([f"The file has {count}; nothing was changed.", *self.found]), field="file")
