"""Records as Windows words and shapes them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from psrpcore import types as ps
from psrpcore._crypto import PSRemotingCrypto

from tests.simulator.transport import records


def info(target: str, category: ps.ErrorCategory = ps.ErrorCategory.ParserError) -> ps.ErrorCategoryInfo:
    return ps.ErrorCategoryInfo(Category=category, Activity="", Reason="ParseException", TargetName=target, TargetType="String")


def test_a_long_target_is_shortened_as_recorded() -> None:
    target = r"Set-Item -Path WSMan:\localhost\Service\AllowUnencrypted -Value $false"
    assert records.category_message(info(target)) == "ParserError: (Set-Item -Path ...d -Value $false:String) [], ParseException"


@pytest.mark.parametrize("length", [40, 41])
def test_forty_characters_are_not_long(length: int) -> None:
    assert ("..." in records.category_message(info("x" * length))) == (length > 40)


@pytest.mark.parametrize("with_invocation", [True, False])
def test_an_error_carries_its_invocation_when_asked(with_invocation: bool) -> None:
    record = records.failure("no", "System.Exception", "Nope", bases=())
    root = records.error_element(record, PSRemotingCrypto(), with_invocation=with_invocation)
    extended = {element.get("N"): element for element in root.findall("MS/*")}
    assert extended["writeErrorStream"].text == "true"
    assert extended["SerializeExtendedInfo"].text == str(with_invocation).lower()
    assert ("InvocationInfo_InvocationName" in extended) == with_invocation
    assert root.findtext("ToString") == "no"


def test_a_record_can_be_sent_twice() -> None:
    record = records.failure("no", "System.Exception", "Nope", bases=())
    cipher = PSRemotingCrypto()
    first, second = (ElementTree.tostring(records.error_element(record, cipher, with_invocation=True)) for _unused in range(2))
    assert first == second


def test_a_state_without_an_error_is_only_a_number() -> None:
    root = records.state_element(ps.PSInvocationState.Completed, None, PSRemotingCrypto())
    assert ElementTree.tostring(root) == b'<Obj RefId="0"><MS><I32 N="PipelineState">4</I32></MS></Obj>'
