"""What this module shows on other pages: beside records, and on the start page."""

from crm_customer.panels.home import HOME_PANELS
from crm_customer.panels.record import RECORD_PANELS

PANELS = (*RECORD_PANELS, *HOME_PANELS)
