"""A year of complaints: most of them settled, some in every state of today."""

from crm_complaint.demo.story import fill
from crm_kernel.contributions import DemoData

DEMO_DATA = (DemoData("complaint", fill, after=("customer",)),)
