"""What the FastAPI and the Flask ERP remember: people, customers and vehicles in a SQLite file."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

STOCK = json.loads((Path(__file__).parent / "stock.json").read_text("utf-8"))

TABLES = """
CREATE TABLE IF NOT EXISTS erp_customer (
  number TEXT PRIMARY KEY, name TEXT, mobile TEXT, level TEXT, city TEXT);
CREATE TABLE IF NOT EXISTS erp_vehicle (vin TEXT PRIMARY KEY, plate TEXT, model TEXT, owner TEXT);
"""


class Store:
    """Everything the ERP remembers."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self._people = {person["login"]: person for person in STOCK["people"]}
        with self._open() as db:
            db.executescript(TABLES)
            for table, key in (("erp_customer", "customers"), ("erp_vehicle", "vehicles")):
                for row in STOCK[key]:
                    places = ", ".join(f":{name}" for name in row)
                    db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({places})", row)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.file)
        db.row_factory = sqlite3.Row
        return db

    def person(self, login: str) -> dict[str, Any] | None:
        """Somebody who may sign in."""
        return self._people.get(login)

    def customers(self, q: str = "") -> list[dict[str, Any]]:
        """Customers by a part of name, number or mobile."""
        like = f"%{q}%"
        with self._open() as db:
            rows = db.execute(
                "SELECT * FROM erp_customer WHERE name LIKE :q OR number LIKE :q OR mobile LIKE :q "
                "ORDER BY number",
                {"q": like},
            )
            return [dict(row) for row in rows]

    def customer(self, number: str) -> dict[str, Any] | None:
        """One customer."""
        with self._open() as db:
            row = db.execute("SELECT * FROM erp_customer WHERE number = ?", (number,)).fetchone()
            return dict(row) if row else None

    def vehicles(self, owner: str) -> list[dict[str, Any]]:
        """A customer's cars."""
        with self._open() as db:
            rows = db.execute("SELECT * FROM erp_vehicle WHERE owner = ? ORDER BY plate", (owner,))
            return [dict(row) for row in rows]
