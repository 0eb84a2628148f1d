from django.urls import include, path

urlpatterns = [
    path("", include("zhenggai.publicity.urls")),
    path("", include("zhenggai.accounts.urls")),
    path("", include("zhenggai.rulebook.urls")),
    path("", include("zhenggai.ledger.urls")),
    path("", include("zhenggai.intake.urls")),
    path("", include("zhenggai.progress.urls")),
    path("", include("zhenggai.supervision.urls")),
    path("", include("zhenggai.closure.urls")),
    path("", include("zhenggai.pages.urls")),
    path("", include("zhenggai.reminders.urls")),
    path("", include("zhenggai.ui.urls")),
]

handler400 = "zhenggai.ui.views.handler400"
handler403 = "zhenggai.ui.views.handler403"
handler404 = "zhenggai.ui.views.handler404"
handler500 = "zhenggai.ui.views.handler500"
