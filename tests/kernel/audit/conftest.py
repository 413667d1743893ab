from __future__ import annotations

import pytest

from tests.kernel.audit.module import drives


@pytest.fixture
def kernel_modules():
    return [drives]


@pytest.fixture
def audit(kernel):
    return kernel.service("audit")
