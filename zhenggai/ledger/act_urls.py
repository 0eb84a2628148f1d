"""Addresses of what is done to one task beside its steps."""

from django.urls import path

from zhenggai.ledger import acts

urlpatterns = [
    path("ledger/own/", acts.enter_own, name="enter_own"),
    path("ledger/<int:pk>/target/", acts.set_target, name="set_target"),
    path("ledger/<int:pk>/extension/", acts.ask_extension, name="ask_extension"),
    path("ledger/<int:pk>/sweep/", acts.ask_sweep, name="ask_sweep"),
    path("ledger/<int:pk>/upper/", acts.answer_to, name="answer_to"),
    path("ledger/targets/<int:pk>/sample/", acts.take_sample, name="take_sample"),
    path("ledger/targets/<int:pk>/drop/", acts.drop_target, name="drop_target"),
    path("ledger/extensions/<int:pk>/", acts.decide_extension, name="decide_extension"),
    path("ledger/sweeps/<int:pk>/", acts.answer_sweep, name="answer_sweep"),
    path("ledger/checks/<int:pk>/", acts.check_yearly, name="check_yearly"),
]
