"""How often the language of a text is told rightly, per language.

    python benchmarks/language.py [--quick] [--length N]

Texts of 500 characters of the Universal Declaration of Human Rights, in every official language of
the Member States for which the corpus has one. No declaration helps: only script, small words and
langdetect are asked, beside langdetect alone on the same texts.
"""

import argparse
import gzip
import json
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

from crawler.page.language import CERTAIN, base, detect, of_text, same

CORPUS = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "udhr" / "udhr.jsonl.gz"
FLOORS = Path(__file__).with_name("floors.toml")


def pieces(text: str, length: int) -> list[str]:
    """The text in stretches of `length` characters, the rest left out."""
    return [text[start : start + length] for start in range(0, len(text) - length + 1, length)]


def main() -> int:
    """Prints the table; exit code 1 where a claimed language falls below its floor."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every fifth text, without langdetect alone")
    parser.add_argument("--length", type=int, default=500, help="characters of a text")
    arguments = parser.parse_args()
    if not CORPUS.exists():
        print("the texts are not on this machine: nothing measured")
        return 0
    with gzip.open(CORPUS, "rt", encoding="utf-8") as lines:
        versions = [json.loads(line) for line in lines]
    ours, alone, silent, mistaken = Counter(), Counter(), Counter(), defaultdict(Counter)
    number: Counter[str] = Counter()
    for version in versions:
        language = f"{version['lang']}, {version['name']}"
        for text in pieces(version["text"], arguments.length)[:: 5 if arguments.quick else 1]:
            number[language] += 1
            said, _, sure = of_text(text)
            said = said if sure >= CERTAIN else ""
            ours[language] += same(said, base(version["lang"]))
            silent[language] += not said
            if said and not same(said, base(version["lang"])):
                mistaken[language][said] += 1
            if not arguments.quick:
                alone[language] += same(detect(text)[0], base(version["lang"]))
    print(f"{'version':42} {'texts':>5} {'right':>6} {'silent':>7} {'langdetect alone':>17}  taken for")
    for language, texts in sorted(number.items()):
        others = ", ".join(f"{code} {times}" for code, times in mistaken[language].most_common(3))
        share, quiet, other = (counts[language] / texts for counts in (ours, silent, alone))
        print(f"{language:42.42} {texts:5} {share:6.2f} {quiet:7.2f} {other:17.2f}  {others}")
    floors = tomllib.loads(FLOORS.read_text("utf-8"))["language"]
    unsure = {language for language in number if ours[language] < floors["right"] * number[language]}
    claimed = set(number) - set(floors["not_claimed"])
    total = sum(number.values())
    print(f"not claimed: {'; '.join(sorted(floors['not_claimed']))}")
    print(f"claimed and below the floor: {'; '.join(sorted(claimed & unsure)) or 'none'}")
    print(
        f"language: {sum(ours.values()) / total:.3f} right, {sum(silent.values()) / total:.3f} silent,"
        f" {len(claimed - unsure)} of {len(number)} versions at {floors['right']:.0%} or more"
    )
    return 1 if claimed & unsure and not arguments.quick else 0


if __name__ == "__main__":
    sys.exit(main())
