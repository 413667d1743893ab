"""The ERP's own pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from examples.django_erp.stock.models import Customer


@login_required
def customers(request: HttpRequest) -> HttpResponse:
    """Customers by a part of name, number or mobile."""
    q = request.GET.get("q", "")
    found = Customer.objects.filter(Q(name__contains=q) | Q(number__contains=q) | Q(mobile__contains=q))
    return render(request, "customers.html", {"customers": found, "q": q})


@login_required
def customer(request: HttpRequest, number: str) -> HttpResponse:
    """One customer, with pieces of Forecourt beside."""
    return render(request, "customer.html", {"customer": get_object_or_404(Customer, pk=number)})
