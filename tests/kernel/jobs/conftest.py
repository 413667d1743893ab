from __future__ import annotations

import pytest

from tests.kernel.jobs.module import Workshop


@pytest.fixture
def workshop():
    return Workshop()


@pytest.fixture
def kernel_modules(workshop):
    return [workshop.plugin()]


@pytest.fixture
def jobs(kernel):
    return kernel.service("jobs")
