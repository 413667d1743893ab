"""Editable code lists of complaints; a dealership may rename, add and switch off entries."""

from __future__ import annotations

from crm_kernel.contributions import Dictionary
from crm_kernel.text import messages

_ = messages("complaint")

REGULATOR = "regulator"


CHANNEL = Dictionary.of(
    "complaint.channel",
    _("Channel of complaints"),
    ("phone", _("Telephone")),
    ("visit", _("In the showroom")),
    ("mail", _("E-mail")),
    ("web", _("Web form")),
    ("wechat", _("WeChat")),
    ("maker", _("Manufacturer's hotline")),
    (REGULATOR, _("Authority (12315)"), "red"),
    ("media", _("Media"), "red"),
)

LEVEL = Dictionary.of(
    "complaint.level",
    _("Level of complaints"),
    ("general", _("General"), "gray"),
    ("escalated", _("Escalated"), "yellow"),
    ("important", _("Important"), "red"),
    ("urgent", _("Important and urgent"), "red"),
)

TYPE = Dictionary.of(
    "complaint.type",
    _("Type of complaint"),
    ("quality", _("Product quality")),
    ("repair", _("Repair quality")),
    ("service", _("Service attitude")),
    ("sales", _("Sales process")),
    ("delivery", _("Delivery")),
    ("price", _("Price and charges")),
    ("parts", _("Parts supply")),
    ("insurance", _("Insurance and finance")),
    ("other", _("Other")),
)

PROBLEM = Dictionary.of(
    "complaint.problem",
    _("Problem"),
    ("engine", _("Engine")),
    ("engine.noise", _("Engine: noise")),
    ("engine.oil", _("Engine: oil consumption")),
    ("engine.stall", _("Engine: stalls")),
    ("gearbox", _("Gearbox")),
    ("gearbox.jerk", _("Gearbox: jerks")),
    ("battery", _("Traction battery")),
    ("battery.range", _("Traction battery: range")),
    ("battery.charge", _("Traction battery: charging")),
    ("brakes", _("Brakes")),
    ("steering", _("Steering")),
    ("body", _("Body and paint")),
    ("body.paint", _("Body: paint")),
    ("body.water", _("Body: water leak")),
    ("electrics", _("Electrics")),
    ("electrics.screen", _("Electrics: screen")),
    ("workshop", _("Workshop")),
    ("workshop.again", _("Workshop: same fault again")),
    ("workshop.late", _("Workshop: not ready in time")),
    ("workshop.wait", _("Workshop: long wait")),
    ("counter", _("Counter")),
    ("counter.manner", _("Counter: manner")),
    ("counter.promise", _("Counter: promise not kept")),
    ("charges", _("Charges")),
    ("charges.unclear", _("Charges: not explained")),
)
"""A tree: what stands before the last dot is the parent."""

ATTITUDE = Dictionary.of(
    "complaint.attitude",
    _("Customer's attitude"),
    ("calm", _("Calm"), "green"),
    ("upset", _("Upset"), "yellow"),
    ("angry", _("Angry"), "red"),
    ("threatening", _("Threatens to go public"), "red"),
)

CAUSE = Dictionary.of(
    "complaint.cause",
    _("Cause"),
    ("product", _("Product fault")),
    ("work", _("Work not done properly")),
    ("process", _("Process not followed")),
    ("talk", _("Misunderstanding")),
    ("supply", _("Supplier")),
    ("use", _("Use by the customer")),
    ("none", _("None found")),
)

SUGGESTION = Dictionary.of(
    "complaint.suggestion",
    _("Category of suggestions"),
    ("service", _("Service")),
    ("facilities", _("Facilities")),
    ("product", _("Product")),
    ("activities", _("Events")),
    ("other", _("Other")),
)

DICTIONARIES = (CHANNEL, LEVEL, TYPE, PROBLEM, ATTITUDE, CAUSE, SUGGESTION)
