"""The command line `crm`: one command group per module of this package."""

from crm_standalone.cli.main import main

__all__ = ["main"]
