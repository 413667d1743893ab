"""What this module puts into the house's menus, slots and registers of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_complaint.models import Complaint, Suggestion
from crm_complaint.permissions import FIGURES, WEB_FORM
from crm_complaint.service.complaints import ComplaintService
from crm_complaint.service.duplicates import ComplaintDuplicates
from crm_complaint.service.guarantees import GuaranteeService
from crm_complaint.service.intake import CustomerFinder, Intake, VehicleFinder
from crm_complaint.service.leads import ComplaintLeads
from crm_complaint.service.mail import ComplaintMail
from crm_complaint.service.problems import ProblemLinks, ProblemService
from crm_complaint.service.signs import Signs
from crm_complaint.service.suggestions import SuggestionService
from crm_complaint.service.web_form import WebForms
from crm_kernel.actor import Actor
from crm_kernel.contributions import Ask, Job, Link, MenuItem, NotificationType, Offer, SearchAction, Slot
from crm_kernel.text import messages

if TYPE_CHECKING:
    from crm_kernel.kernel import Kernel

_ = messages("complaint")

OFFERS = (
    Offer("complaint.complaints", ComplaintService),
    Offer("complaint.suggestions", SuggestionService),
    Offer("complaint.problems", ProblemService),
    Offer("complaint.problem_links", ProblemLinks),
    Offer("complaint.signs", Signs),
    Offer("complaint.intake", Intake),
    Offer("complaint.mail", ComplaintMail),
    Offer("complaint.web_form", WebForms),
    Offer("complaint.guarantees", GuaranteeService),
    Offer("complaint.leads", ComplaintLeads),
    Offer("complaint.duplicates", ComplaintDuplicates),
    Ask(
        "customer.directory",
        CustomerFinder,
        absent=_("Callers are not recognised, because nobody keeps the customers."),
    ),
    Ask("vehicle.directory", VehicleFinder, absent=_("Vehicles of callers are not shown.")),
)


async def _mine(kernel: Kernel, actor: Actor) -> int:
    return int(await kernel.service("complaint.intake").mine(actor))


GROUP = _("Complaints")
MENU = (
    MenuItem(_("Complaints"), "/complaints", "complaint.view", "message-report", GROUP, 110, _mine),
    MenuItem(_("Recurring problems"), "/problems", "problem.view", "alert-triangle", GROUP, 120),
    MenuItem(_("Suggestions"), "/suggestions", "suggestion.view", "bulb", GROUP, 130),
    MenuItem(_("Complaint figures"), "/reports/complaint", FIGURES, "chart-bar", GROUP, 140),
    MenuItem(_("Web form"), "/admin/complaint-form", WEB_FORM, "forms", GROUP, 150),
)

SLOTS = (
    Slot("complaint.record", _("On the complaint's page")),
    Slot("problem.record", _("On the recurring problem's page")),
)

SEARCH = (
    SearchAction(
        _("Take down a complaint"),
        "/complaints/new",
        "complaint.create",
        "message-plus",
        ("投诉", "新增", "complaint"),
    ),
    SearchAction(
        _("Take a mail down"),
        "/complaint-mail/paste",
        "complaint.create",
        "mail-plus",
        ("邮件", "粘贴", "mail"),
        entity="complaint",
    ),
)

NOTIFICATIONS = (
    NotificationType("complaint.assigned", _("A complaint was assigned to you")),
    NotificationType("complaint.mail", _("A customer wrote about a complaint of yours")),
    NotificationType("complaint.sign", _("Complaints about a problem or a model rise")),
)


async def _tidy(kernel: Kernel) -> None:
    await kernel.service("complaint.web_form").tidy()


JOBS = (Job("complaint.tidy", _tidy, _("Forget who used the web form"), cron="35 18 * * *"),)

LINKS = (
    Link("customer", Complaint, "customer_id"),
    Link("customer", Suggestion, "customer_id"),
    Link("vehicle", Complaint, "vehicle_id"),
)
