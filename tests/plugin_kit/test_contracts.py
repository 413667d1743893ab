"""The plugins of this repository hold to what is asked of a stranger's."""

from __future__ import annotations

import pytest

from crm_kernel.testing.contract import PluginContract
from tests.toy_plugin import plugin as toy

pytestmark = pytest.mark.timeout(300)
"""Every page is looked at in a browser, in both themes."""


class TestCustomer(PluginContract):
    plugin = "customer"


class TestToy(PluginContract):
    plugin = "toy"
    modules = (toy,)
