from django.urls import path

from zhenggai.ledger import views

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/export/", views.export, name="ledger_export"),
    path("ledger/<int:pk>/", views.detail, name="ledger_detail"),
]
