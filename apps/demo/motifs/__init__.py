"""Every motif by name: markup in a 48 x 48 box whose paths say what they are by class, and carry no paint."""

from apps.demo.motifs.arms import ARMS
from apps.demo.motifs.craft import CRAFT
from apps.demo.motifs.nature import NATURE
from apps.demo.motifs.sea import SEA

MOTIFS: dict[str, str] = ARMS | SEA | NATURE | CRAFT

__all__ = ["MOTIFS"]
