"""`make messages`: bring the catalogues up to date and say what is not translated."""

from __future__ import annotations

import sys

from crm_kernel.testing.catalogue import faults, save
from tools.messages.extraction import ROOT, domains


def main() -> int:
    """Exit code 1 when translations are missing."""
    missing = 0
    for domain in domains():
        file = save(domain)
        open_ones = faults(domain)
        missing += len(open_ones)
        print(f"{file.relative_to(ROOT)}: {len(domain.msgids)} wordings, {len(open_ones)} to translate")
        for fault in open_ones:
            print(f"  {fault.what}: {fault.msgid}")
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main())
