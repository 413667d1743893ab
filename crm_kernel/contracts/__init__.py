"""The two masters a host may keep itself: its customers and its vehicles.

They are the only words of the trade the kernel knows. The customer module is the default behind both;
a host overrides the parts `customer.directory` and `vehicle.directory`.
"""

from crm_kernel.contracts.customer_directory import CustomerCard, CustomerDirectory
from crm_kernel.contracts.vehicle_directory import VehicleCard, VehicleDirectory

__all__ = ["CustomerCard", "CustomerDirectory", "VehicleCard", "VehicleDirectory"]
