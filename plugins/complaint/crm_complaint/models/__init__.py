"""The tables of this module."""

from crm_complaint.models.base import Base
from crm_complaint.models.complaint import Complaint
from crm_complaint.models.problem import Problem
from crm_complaint.models.sign import Sign
from crm_complaint.models.suggestion import Suggestion
from crm_complaint.models.web_form import Posting, WebForm

MODELS: tuple[type[Base], ...] = (Problem, Complaint, Suggestion, WebForm, Posting, Sign)

__all__ = ["MODELS", "Base", "Complaint", "Posting", "Problem", "Sign", "Suggestion", "WebForm"]
