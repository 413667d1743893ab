"""Kinds of values: how each is typed, kept, shown, masked and compared.

A kind's `parse` takes what a person typed or a cell of a file held, and raises ValueError whose only
argument is a stable reason code (`date`, `mobile`, `amount` ...); `messages` says the code in words.
"""

from crm_kernel.records.kinds.contact import EMAIL, MOBILE, PHONE
from crm_kernel.records.kinds.lists import CHOICE, LIST, REFERENCE, TAGS
from crm_kernel.records.kinds.numbers import DECIMAL, INTEGER, MILEAGE, MONEY, Money
from crm_kernel.records.kinds.personal import ADDRESS, ID_NUMBER
from crm_kernel.records.kinds.switch import SWITCH
from crm_kernel.records.kinds.texts import LONG_TEXT, TEXT
from crm_kernel.records.kinds.times import DATE, MOMENT

__all__ = [
    "ADDRESS",
    "CHOICE",
    "DATE",
    "DECIMAL",
    "EMAIL",
    "ID_NUMBER",
    "INTEGER",
    "LIST",
    "LONG_TEXT",
    "MILEAGE",
    "MOBILE",
    "MOMENT",
    "MONEY",
    "PHONE",
    "REFERENCE",
    "SWITCH",
    "TAGS",
    "TEXT",
    "Money",
]
