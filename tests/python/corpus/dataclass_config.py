from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any, Callable, ClassVar, Dict, List, Optional, Sequence, Tuple, TypeVar, Union

from tracr.rasp import rasp

T = TypeVar("T")


@dataclass
class Config:
    vocab: List[int] = field(default_factory=lambda: list(range(-5, 6)))
    n: int = 10
    scale: Optional[float] = None
    functions: Dict[str, Callable[[int], Any]] = field(default_factory=dict)
    VERSION: ClassVar[int] = 1

    def __post_init__(self):
        self.functions["abs"] = abs
        self.functions["sign"] = lambda x: (x > 0) - (x < 0)
        self.scale = self.scale or math.pi


class Program:
    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config()

    def get_config(self) -> dict:
        return dataclasses.asdict(self.config)

    def get_vocab(self):
        return set(self.config.vocab)

    def get_max_seq_len(self):
        return self.config.n

    def get_program(self) -> rasp.SOp:
        size = rasp.Map(self.config.functions["abs"], rasp.tokens).named("abs")
        sign = rasp.Map(self.config.functions["sign"], rasp.tokens).named("sign")
        return rasp.SequenceMap(lambda a, s: s * math.floor(a * self.config.scale), size, sign).named("scaled")
