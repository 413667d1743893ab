"""How a complaint is handled: the loop from receipt to satisfaction, and the clocks beside it.

Levels and their hours, the call within a day after handling and the monthly reminder follow a manufacturer's
rules for its dealers; seven and forty-five working days are the regulator's for acceptance and mediation of
a case brought to 12315. All of it is a preset that a dealership may change.
"""

from __future__ import annotations

from crm_complaint import permissions as p
from crm_complaint.dictionaries import REGULATOR
from crm_kernel.flow.definition import ClockRule, Definition, Fact, Span, State, Step
from crm_kernel.text import messages

_ = messages("complaint")

REOPEN_DAYS = 30
OPEN = (
    "received",
    "assigned",
    "investigated",
    "waiting",
    "invalid",
    "proposed",
    "agreed",
    "carried_out",
    "followed_up",
    "unsatisfied",
)
CLOSED = "closed"

STATES = (
    State("received", _("Received"), "blue"),
    State("assigned", _("Assigned"), "blue"),
    State("investigated", _("Investigated"), "blue"),
    State("waiting", _("Waiting for the customer"), "gray"),
    State("invalid", _("Not justified"), "gray"),
    State("proposed", _("Solution proposed"), "yellow"),
    State("agreed", _("Solution agreed"), "yellow"),
    State("carried_out", _("Carried out"), "yellow"),
    State("followed_up", _("Followed up"), "purple"),
    State("unsatisfied", _("Not satisfied"), "red"),
    State(CLOSED, _("Closed"), "green", final=True),
)

_PROPOSAL = (
    Fact("solution", _("Solution"), "long_text"),
    Fact("cost", _("Estimated cost"), "money", required=False, column="cost"),
)

STEPS = (
    Step(
        "assign",
        _("Assign"),
        ("received", "assigned", "investigated", "unsatisfied"),
        "assigned",
        p.ASSIGN,
        (
            Fact("handler", _("Handler"), "staff", column="handler_id"),
            Fact("remark", _("What matters"), "long_text", required=False),
        ),
        weight="usual",
    ),
    Step(
        "investigate",
        _("Investigated"),
        ("assigned",),
        "investigated",
        p.HANDLE,
        (
            Fact("finding", _("What was found"), "long_text"),
            Fact("cause", _("Cause"), "choice", choices="complaint.cause"),
        ),
        weight="usual",
    ),
    Step(
        "await_customer",
        _("Wait for the customer"),
        ("assigned", "investigated", "unsatisfied"),
        "waiting",
        p.HANDLE,
        (Fact("what", _("What we wait for"), "text"),),
    ),
    Step("answered", _("Customer has answered"), ("waiting",), "assigned", p.HANDLE, weight="usual"),
    Step(
        "propose",
        _("Propose a solution"),
        ("investigated", "proposed", "unsatisfied"),
        "proposed",
        p.HANDLE,
        _PROPOSAL,
        weight="usual",
    ),
    Step(
        "reject",
        _("Not justified"),
        ("investigated",),
        "invalid",
        p.HANDLE,
        (Fact("reason", _("Why it is not justified"), "long_text"),),
    ),
    Step(
        "explain",
        _("Explained to the customer"),
        ("invalid",),
        CLOSED,
        p.HANDLE,
        (
            Fact("explanation", _("What was explained"), "long_text"),
            Fact("reaction", _("Customer's answer"), "text", required=False),
        ),
        weight="usual",
    ),
    Step(
        "agree",
        _("Customer agrees"),
        ("proposed",),
        "agreed",
        p.HANDLE,
        (Fact("agreement", _("What was agreed"), "long_text"),),
        weight="usual",
    ),
    Step(
        "carry_out",
        _("Carried out"),
        ("agreed",),
        "carried_out",
        p.HANDLE,
        (
            Fact("done", _("What was done"), "long_text"),
            Fact("cost", _("Actual cost"), "money", required=False, column="cost"),
        ),
        weight="usual",
    ),
    Step(
        "follow_up",
        _("Followed up"),
        ("carried_out",),
        "followed_up",
        p.FOLLOW_UP,
        (Fact("said", _("What the customer said"), "long_text"),),
        weight="usual",
    ),
    Step(
        "satisfied",
        _("Satisfied"),
        ("followed_up",),
        CLOSED,
        p.FOLLOW_UP,
        (
            Fact("score", _("Score from 1 to 10"), "score", required=False, column="score"),
            Fact("remark", _("Remark"), "long_text", required=False),
        ),
        weight="usual",
    ),
    Step(
        "unsatisfied",
        _("Not satisfied"),
        ("followed_up",),
        "unsatisfied",
        p.FOLLOW_UP,
        (Fact("reason", _("Why not"), "long_text"),),
    ),
    Step(
        "reopen",
        _("Open again"),
        (CLOSED,),
        "assigned",
        p.REOPEN,
        (Fact("reason", _("Why"), "long_text"),),
        within_days=REOPEN_DAYS,
        weight="grave",
    ),
    Step(
        "force_close",
        _("Close without satisfaction"),
        OPEN,
        CLOSED,
        p.FORCE_CLOSE,
        (Fact("reason", _("Why"), "long_text"),),
        weight="grave",
    ),
)

_SUPERVISOR, _MANAGER, _HANDLER = "customer_service_supervisor", "general_manager", "@handler_id"
_RUNNING = tuple(state for state in OPEN if state != "waiting")

CLOCKS = (
    ClockRule(
        "accept",
        _("Accept"),
        runs_in=("received",),
        by="level",
        spans={
            "general": Span(hours=24),
            "escalated": Span(hours=8),
            "important": Span(hours=4),
            "urgent": Span(hours=4),
            "*": Span(hours=24),
        },
        warns=(_SUPERVISOR,),
        escalates_to=(_SUPERVISOR, _MANAGER),
        repeat=Span(hours=9),
    ),
    ClockRule(
        "call_back",
        _("Call back after handling"),
        runs_in=("carried_out",),
        spans={"*": Span(hours=24)},
        calendar="always",
        warns=(_HANDLER, "service_agent"),
        escalates_to=(_SUPERVISOR,),
    ),
    ClockRule(
        "monthly",
        _("Open for a month"),
        runs_in=OPEN,
        spans={"*": Span(hours=30 * 24)},
        calendar="always",
        warn_at=1,
        escalates_to=(_HANDLER, _SUPERVISOR),
        repeat=Span(hours=30 * 24),
    ),
    ClockRule(
        "regulator_accept",
        _("Answer the authority"),
        runs_in=("received", "assigned", "investigated"),
        waits_in=("waiting",),
        by="channel",
        spans={REGULATOR: Span(days=7)},
        calendar="statutory",
        warns=(_HANDLER, _SUPERVISOR),
        escalates_to=(_SUPERVISOR, _MANAGER),
    ),
    ClockRule(
        "regulator_end",
        _("End of mediation"),
        runs_in=_RUNNING,
        waits_in=("waiting",),
        by="channel",
        spans={REGULATOR: Span(days=45)},
        calendar="statutory",
        warns=(_HANDLER, _SUPERVISOR),
        escalates_to=(_SUPERVISOR, _MANAGER),
    ),
)

DEFINITION = Definition("received", STATES, STEPS, CLOCKS)
FIXED = frozenset(step.key for step in STEPS) - {"await_customer", "answered"}
