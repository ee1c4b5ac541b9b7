"""Python's values as the engine knows them: a JSON value and the letter of its kind."""

import math


def _is_text(value):
    """No half of a surrogate pair is in it, which no JSON text and no token can hold."""
    return value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value)


class Pool:
    """Every value once. Ints, floats, bools and texts are themselves; anything else is an opaque value, known by its text."""

    def __init__(self):
        self.values = []
        self.types = []
        self.objects = []
        self._index = {}
        self._same_text = {}
        self.opaque = False  # any but None

    def add(self, value) -> int:
        kind = type(value)
        if kind is int or kind is bool or kind is str:
            key = (kind, value)
        elif kind is float:
            key = (kind, value.hex()) if value == value else (kind, "nan")
        elif value is None:
            key = (kind, None)
        else:
            hash(value)  # a value that has none is none of an s-op: TypeError
            # 1 and 1.0 within a tuple or an object are equal and not the same; an address is no difference.
            held = None if isinstance(value, type) else getattr(value, "__dict__", None)
            shown = None if held is not None and kind.__repr__ is object.__repr__ else repr(value)
            key = (kind, shown, repr(held), value)
        at = self._index.get(key)
        if at is None:
            at = self._index[key] = len(self.values)
            text, letter = self._written(kind, value)
            self.values.append(text)
            self.types.append(letter)
            self.objects.append(value)
        return at

    def _written(self, kind, value):
        if kind is bool:
            return value, "b"
        if kind is int:
            return (value if abs(value) <= 2**53 else str(value)), "i"
        if kind is str and _is_text(value):
            return value, "s"
        if kind is float:
            if math.isfinite(value):
                return value, "f"
            return ("nan" if value != value else "inf" if value > 0 else "-inf"), "f"
        if value is None:
            return "None", "o"
        self.opaque = True
        text = repr(value)
        count = self._same_text[text] = self._same_text.get(text, 0) + 1
        return (text if count == 1 and text != "None" else f"{text} ({count})"), "o"

    def read(self, value, letter):
        """The object that the engine means."""
        if letter == "o":
            for text, kind, known in zip(self.values, self.types, self.objects):
                if kind == "o" and text == value:
                    return known
            raise KeyError(value)
        if letter == "i":
            return int(value)
        if letter == "f":
            return float(value)
        return bool(value) if letter == "b" else value

    def document(self):
        return {"values": self.values, "types": "".join(self.types)}
