"""Which block of one text became which block of another: equal ones, similar ones, moved ones. Pure."""

from dataclasses import dataclass

from app.articles.comparing_blocks import Block
from app.articles.comparing_sequences import Budget, compare_sequences
from app.html_tree import names

Pairs = list[tuple[int, int]]
TEXTS = names("p h1 h2 h3 h4 h5 h6 pre dt dd")
ALIKE = (TEXTS, names("ul ol"), names("td th"), names("div section article aside"), names("thead tbody tfoot"))
"""Kinds of blocks that may become each other."""
HOLDERS = names("table thead tbody tfoot tr ul ol dl figure details aside section article div blockquote")
ENOUGH, ENOUGH_FOR_HOLDERS = 0.35, 0.12
"""From which share of common words on two blocks are told as one that was changed."""
LARGEST_GAP = 2500
WORDS_OF_A_MOVE = 4


@dataclass(frozen=True, eq=False)
class Op:
    """What became of a block: ``same``, ``changed``, ``removed`` (``old`` only) or ``added`` (``new`` only)."""

    kind: str
    old: Block | None
    new: Block | None

    @property
    def block(self) -> Block:
        """The block as it is now, or was at last."""
        found = self.new or self.old
        assert found is not None
        return found


def align(old: list[Block], new: list[Block], budget: Budget) -> list[Op]:
    """Every block of both texts, in one order that holds in both."""
    ops: list[Op] = []
    gap_old: list[Block] = []
    gap_new: list[Block] = []
    pieces = compare_sequences([block.number for block in old], [block.number for block in new], budget)
    for piece in pieces:
        if piece.kind == "removed":
            gap_old = old[piece.old.start : piece.old.stop]
        elif piece.kind == "added":
            gap_new = new[piece.new.start : piece.new.stop]
        else:
            ops += _fill(gap_old, gap_new, budget)
            gap_old, gap_new = [], []
            ops += [Op("same", old[one], new[other]) for one, other in zip(piece.old, piece.new, strict=True)]
    return ops + _fill(gap_old, gap_new, budget)


def find_moved(ops: list[Op]) -> dict[Op, str]:
    """The removed and added blocks that are the same and only changed places: "up" or "down" from where they were."""
    gone: dict[int, list[int]] = {}
    for at, op in enumerate(ops):
        if op.kind == "removed" and sum(op.block.bag.values()) >= WORDS_OF_A_MOVE:
            gone.setdefault(op.block.number, []).append(at)
    moved: dict[Op, str] = {}
    for at, op in enumerate(ops):
        if op.kind == "added" and gone.get(op.block.number):
            was_at = gone[op.block.number].pop(0)
            moved[op] = moved[ops[was_at]] = "up" if at < was_at else "down"
    return moved


def _fill(old: list[Block], new: list[Block], budget: Budget) -> list[Op]:
    """What became of blocks between two that stayed the same."""
    ops: list[Op] = []
    at_old = at_new = 0
    for one, other in [*_pair(old, new, budget), (len(old), len(new))]:
        ops += [Op("removed", block, None) for block in old[at_old:one]]
        ops += [Op("added", None, block) for block in new[at_new:other]]
        if one < len(old):
            ops.append(Op("changed", old[one], new[other]))
        at_old, at_new = one + 1, other + 1
    return ops


def _pair(old: list[Block], new: list[Block], budget: Budget) -> Pairs:
    """Positions of blocks that became each other, both growing: together as similar as can be."""
    if not old or not new:
        return []
    if len(old) == len(new) == 1 and old[0].name == new[0].name and old[0].name in HOLDERS:
        return [(0, 0)]
    if len(old) == len(new) and all(block.name in ("td", "th") for block in [*old, *new]):
        return [(at, at) for at in range(len(old))]
    if len(old) * len(new) > LARGEST_GAP:
        if len(old) != len(new):
            return []
        return [(at, at) for at in range(len(old)) if _likeness(old[at], new[at], budget)]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    like = [[_likeness(one, other, budget) for other in new] for one in old]
    for at in range(len(old) - 1, -1, -1):
        for other in range(len(new) - 1, -1, -1):
            both = like[at][other] + best[at + 1][other + 1] if like[at][other] else 0.0
            best[at][other] = max(best[at + 1][other], best[at][other + 1], both)
    pairs: Pairs = []
    at = other = 0
    while at < len(old) and other < len(new):
        if like[at][other] and best[at][other] == like[at][other] + best[at + 1][other + 1]:
            pairs.append((at, other))
            at, other = at + 1, other + 1
        elif best[at][other] == best[at + 1][other]:
            at += 1
        else:
            other += 1
    return pairs


def _likeness(old: Block, new: Block, budget: Budget) -> float:
    """How alike two blocks are, from 0 (told apart) to 1."""
    kinds = {old.name, new.name} - {""}
    if len(kinds) > 1 and not any(kinds <= alike for alike in ALIKE):
        return 0.0
    if "" in (old.name, new.name) and kinds - TEXTS:
        return 0.0
    if not budget.spend(1 + min(len(old.bag), len(new.bag))):
        return 0.0
    size = sum(old.bag.values()) + sum(new.bag.values())
    if not size:
        return 1.0 if old.name == new.name else 0.0
    share = 2 * sum((old.bag & new.bag).values()) / size
    enough = ENOUGH_FOR_HOLDERS if old.name in HOLDERS and old.name == new.name else ENOUGH
    return share if share >= enough else 0.0
