"""`python -m tests.contract [GRADE ...]`: entries of the contract tables with these grades (or inferred and community), with sources."""

from __future__ import annotations

import collections
import sys

from .tables import GRADES, load

WEAK = ("inferred", "community")


def main(grades: list[str]) -> int:
    """Returns 0, or 2 for an unknown grade."""
    unknown = [grade for grade in grades if grade not in GRADES]
    if unknown:
        print(f"Unknown grade {unknown[0]}; there are {', '.join(sorted(GRADES))}.", file=sys.stderr)
        return 2
    contract = load()
    entries = list(contract.entries())
    for place, entry in entries:
        if entry["grade"] in (grades or WEAK):
            print(f"{entry['grade']:<11} {place:<100} {entry['source']}")
    counted = collections.Counter(entry["grade"] for _place, entry in entries)
    print(", ".join(f"{number} {grade}" for grade, number in counted.most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
