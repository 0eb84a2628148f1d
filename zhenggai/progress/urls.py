from django.urls import path

from zhenggai.progress import views

urlpatterns = [
    path("reports/", views.reports, name="reports"),
    path("tasks/<int:pk>/report/", views.write_report, name="write_report"),
    path("reports/<str:month>/<int:pk>/", views.report, name="report"),
    path("reports/<str:month>/<int:pk>/files/<int:file>/", views.report_file, name="report_file"),
]
