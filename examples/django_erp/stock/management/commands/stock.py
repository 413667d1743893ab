"""`manage.py stock`: people, customers and vehicles to look at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.management.base import BaseCommand

from examples.django_erp.stock.models import Customer, Vehicle

STOCK = json.loads((Path(__file__).parents[4] / "stock.json").read_text("utf-8"))


class Command(BaseCommand):
    """May run at every start."""

    help = "Fill the ERP with people, customers and vehicles."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """What is there already stays as it is."""
        for person in STOCK["people"]:
            user, new = User.objects.get_or_create(
                username=person["login"], defaults={"first_name": person["name"]}
            )
            if new:
                user.set_password("demo")
                user.save()
            user.groups.set(Group.objects.get_or_create(name=name)[0] for name in person["groups"])
        for row in STOCK["customers"]:
            Customer.objects.get_or_create(number=row["number"], defaults=row)
        for row in STOCK["vehicles"]:
            rest = {**row, "owner_id": row["owner"]}
            del rest["owner"]
            Vehicle.objects.get_or_create(vin=row["vin"], defaults=rest)
