"""The display language: what programs print on this device."""

from __future__ import annotations

import functools
import typing as t
from pathlib import Path

import yaml

Language: t.TypeAlias = t.Literal["en", "de", "fr", "ja", "zh"]
TAGS: t.Mapping[str, str] = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "ja": "ja-JP", "zh": "zh-CN"}
LCIDS: t.Mapping[str, int] = {"en": 0x0409, "de": 0x0407, "fr": 0x040C, "ja": 0x0411, "zh": 0x0804}


@functools.cache
def reagentc_texts() -> t.Mapping[str, t.Mapping[str, t.Any]]:
    """Texts of reagentc by language, then by name."""
    loaded: t.Mapping[str, t.Mapping[str, t.Any]] = yaml.safe_load(
        Path(__file__).with_name("reagentc_text.yml").read_text(encoding="utf-8")
    )
    return loaded
