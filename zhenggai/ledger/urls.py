from django.urls import include, path

urlpatterns = [
    path("", include("zhenggai.ledger.act_urls")),
    path("", include("zhenggai.ledger.gap_urls")),
    path("", include("zhenggai.ledger.list_urls")),
]
