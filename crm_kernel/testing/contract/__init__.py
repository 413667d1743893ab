"""What the house asks of every plugin, as checks that run under pytest and on the command line alike.

Three levels, each with what it means for a dealer who thinks of installing the plugin:

- *bronze*, safe: it starts, guards everything it offers, keeps dealerships apart, and its tables come and go;
- *silver*, complete: both languages, personal data, every database, nothing left behind when it goes;
- *gold*, at home: pages nobody is kept out of, documentation, types.
"""

from crm_kernel.testing.contract.check import CHECKS, Check, Level, Outcome, Unchecked, attained
from crm_kernel.testing.contract.subject import Subject, studied
from crm_kernel.testing.contract.suite import PluginContract

__all__ = [
    "CHECKS",
    "Check",
    "Level",
    "Outcome",
    "PluginContract",
    "Subject",
    "Unchecked",
    "attained",
    "studied",
]
