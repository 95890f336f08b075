"""What a metric looks at: `compare` computes no more than what the metrics to come need."""

from enum import StrEnum


class Need(StrEnum):
    """One thing that a metric may need; its value is what a plugin writes."""

    OVERLAP = "overlap"
    NEIGHBORS = "neighbors"
    RANKS = "ranks"
    DISTANCES = "distances"
    PAIR_RANKS = "pair_ranks"
    TRIPLETS = "triplets"
    COORDINATES = "coordinates"
    TOPOLOGY = "topology"

    @property
    def meaning(self) -> str:
        """What it is, in words."""
        return _MEANING[self]


_MEANING = {
    Need.OVERLAP: "which of the k nearest are shared",
    Need.NEIGHBORS: "the ranks of the k nearest on both sides",
    Need.RANKS: "all ranks",
    Need.DISTANCES: "the distances of all pairs",
    Need.PAIR_RANKS: "the ranks of all pairs of distances",
    Need.TRIPLETS: "triplets drawn by a fixed seed",
    Need.COORDINATES: "coordinates in which the reference is flat",
    Need.TOPOLOGY: "persistence diagrams of a subsample drawn by a fixed seed",
}
