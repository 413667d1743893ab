"""A dealership that looks alive: people, cars and years of visits, the same ones at every start."""

from crm_customer.demo.story import fill
from crm_kernel.contributions import DemoData

DEMO_DATA = (DemoData("customer", fill),)
