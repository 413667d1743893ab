"""The part of this room that its services and modules share, made once per kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_kernel.flow.engine import FlowEngine
from crm_kernel.flow.observer import FlowObserver

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel


class FlowRoom:
    """Offered as `flow_room`; for guarded services, because the engine checks no right but that to a step."""

    def __init__(self, kernel: Kernel) -> None:
        self.engine = FlowEngine(kernel)
        kernel.db.observe(FlowObserver(kernel, self.engine))


def engine_of(kernel: Kernel) -> FlowEngine:
    """The kernel's engine; call it after boot."""
    found: FlowEngine = kernel.service("flow_room").engine
    return found
