"""Which function runs which command of the contract."""

from __future__ import annotations

import typing as t

from .cim import get_cim_instance
from .invocation import Handler
from .items import get_content, get_item, get_item_property
from .session import get_date, select_object
from .variables import get_variable, set_variable, write_output

HANDLERS: t.Mapping[str, Handler] = {
    "Get-CimInstance": get_cim_instance,
    "Get-Content": get_content,
    "Get-Date": get_date,
    "Get-Item": get_item,
    "Get-ItemProperty": get_item_property,
    "Get-Variable": get_variable,
    "Select-Object": select_object,
    "Set-Variable": set_variable,
    "Write-Output": write_output,
}
