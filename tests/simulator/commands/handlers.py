"""Which function runs which command of the contract."""

from __future__ import annotations

import typing as t

from .cim import get_cim_associated_instance, get_cim_instance, invoke_cim_method
from .folders import get_child_item, select_xml
from .invocation import Handler
from .items import get_content, get_item, get_item_property
from .provisioning import get_provisioning_package
from .session import get_date, select_object
from .variables import get_variable, set_variable, write_output

HANDLERS: t.Mapping[str, Handler] = {
    "Get-ChildItem": get_child_item,
    "Get-CimAssociatedInstance": get_cim_associated_instance,
    "Get-CimInstance": get_cim_instance,
    "Get-Content": get_content,
    "Get-Date": get_date,
    "Get-Item": get_item,
    "Get-ItemProperty": get_item_property,
    "Get-ProvisioningPackage": get_provisioning_package,
    "Get-Variable": get_variable,
    "Invoke-CimMethod": invoke_cim_method,
    "Select-Object": select_object,
    "Select-Xml": select_xml,
    "Set-Variable": set_variable,
    "Write-Output": write_output,
}
