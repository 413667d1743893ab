"""What the records of this module are."""

from crm_complaint.entities.complaint import COMPLAINT
from crm_complaint.entities.problem import PROBLEM
from crm_complaint.entities.suggestion import SUGGESTION

ENTITIES = (COMPLAINT, PROBLEM, SUGGESTION)

__all__ = ["COMPLAINT", "ENTITIES", "PROBLEM", "SUGGESTION"]
