from django.urls import path

from zhenggai.progress.views import filings, reports, rounds

urlpatterns = [
    path("reports/", reports.reports, name="reports"),
    path("tasks/<int:pk>/report/", reports.write_report, name="write_report"),
    path("tasks/<int:pk>/report/<str:month>/correct/", reports.correct_report, name="correct_report"),
    path("reports/<str:month>/<int:pk>/", reports.report, name="report"),
    path("reports/<str:month>/<int:pk>/files/<int:file>/", reports.report_file, name="report_file"),
    path("rounds/", rounds.index, name="rounds"),
    path("rounds/<str:month>/", rounds.round_, name="round"),
    path("rounds/<str:month>/owed/", rounds.owed, name="owed"),
    path("rounds/<str:month>/export/", rounds.export, name="export_round"),
    path("rounds/<str:month>/owed/export/", rounds.export_owed, name="export_owed"),
    path("rounds/<str:month>/close/", rounds.close, name="close_round"),
    path("filings/", filings.index, name="filings"),
    path("filings/<str:quarter>/", filings.filing, name="filing"),
    path("filings/<str:quarter>/export/", filings.export, name="export_filing"),
    path("filings/<str:quarter>/paper/", filings.paper, name="filing_paper"),
    path("filings/<str:quarter>/close/", filings.close, name="close_filing"),
    path("filings/<str:quarter>/<int:task>/", filings.file, name="file_task"),
]
