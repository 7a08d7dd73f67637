"""The display language: what programs print on this device."""

from __future__ import annotations

import functools
import typing as t
from pathlib import Path

import yaml

Language: t.TypeAlias = t.Literal["en", "de", "es", "fr", "ja", "nl", "zh"]
TAGS: t.Mapping[str, str] = {
    "en": "en-US",
    "de": "de-DE",
    "es": "es-ES",
    "fr": "fr-FR",
    "ja": "ja-JP",
    "nl": "nl-NL",
    "zh": "zh-CN",
}
LCIDS: t.Mapping[str, int] = {"en": 0x0409, "de": 0x0407, "es": 0x0C0A, "fr": 0x040C, "ja": 0x0411, "nl": 0x0413, "zh": 0x0804}
COUNTRY_CODES: t.Mapping[str, str] = {"en": "1", "de": "49", "es": "34", "fr": "33", "ja": "81", "nl": "31", "zh": "86"}


@functools.cache
def reagentc_texts() -> t.Mapping[str, t.Mapping[str, t.Any]]:
    """Texts of reagentc by language, then by name."""
    loaded: t.Mapping[str, t.Mapping[str, t.Any]] = yaml.safe_load(
        Path(__file__).with_name("reagentc_text.yml").read_text(encoding="utf-8")
    )
    return loaded
