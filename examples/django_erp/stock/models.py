"""The ERP's customers and vehicles."""

from __future__ import annotations

from django.db import models


class Customer(models.Model):
    """Somebody who bought or serviced a car here."""

    number = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=120)
    mobile = models.CharField(max_length=20)
    level = models.CharField(max_length=20)
    city = models.CharField(max_length=60)

    class Meta:
        ordering = ["number"]


class Vehicle(models.Model):
    """A car."""

    vin = models.CharField(max_length=17, primary_key=True)
    plate = models.CharField(max_length=12)
    model = models.CharField(max_length=60)
    owner = models.ForeignKey(Customer, models.CASCADE, related_name="vehicles")
