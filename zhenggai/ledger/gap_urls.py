"""Addresses of the rules that let failings happen."""

from django.urls import path

from zhenggai.ledger.views import gaps

urlpatterns = [
    path("ledger/gaps/", gaps.register, name="gaps"),
    path("ledger/gaps/export/", gaps.export, name="export_gaps"),
    path("ledger/gaps/<int:pk>/", gaps.gap, name="gap"),
    path("ledger/gaps/<int:pk>/tasks/", gaps.lead_to, name="lead_to_gap"),
    path("ledger/gaps/<int:pk>/correct/", gaps.correct_gap, name="correct_gap"),
    path("ledger/gaps/<int:pk>/remedy/", gaps.hand_in, name="hand_in_remedy"),
    path("ledger/remedies/<int:pk>/", gaps.decide, name="decide_remedy"),
    path("ledger/remedies/<int:pk>/file/", gaps.remedy_file, name="remedy_file"),
    path("ledger/inquiries/<int:pk>/drop/", gaps.drop_inquiry, name="drop_inquiry"),
    path("ledger/<int:pk>/gap/", gaps.find_gap, name="find_gap"),
    path("ledger/<int:pk>/no-gap/", gaps.find_none, name="find_no_gap"),
]
