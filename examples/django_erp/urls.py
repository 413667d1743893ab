"""The ERP's addresses; what lies below /crm never gets here."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from examples.django_erp.stock import views

urlpatterns = [
    path("", views.customers, name="customers"),
    path("customers/<str:number>", views.customer, name="customer"),
    path("login", LoginView.as_view(template_name="login.html"), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
]
