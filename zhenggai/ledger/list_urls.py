"""Addresses of the ledger as a whole: the list, its views and columns, many tasks at once, workbooks, inspections."""

from django.urls import path

from zhenggai.ledger.views import bulk, inspections, particulars, preferences, table, workbooks

urlpatterns = [
    path("ledger/", table.ledger, name="ledger"),
    path("ledger/export/", table.export, name="ledger_export"),
    path("ledger/columns/", preferences.columns, name="ledger_columns"),
    path("ledger/views/", preferences.views, name="ledger_views"),
    path("ledger/views/save/", preferences.save_view, name="save_view"),
    path("ledger/views/<int:pk>/rename/", preferences.rename_view, name="rename_view"),
    path("ledger/views/<int:pk>/drop/", preferences.drop_view, name="drop_view"),
    path("ledger/bulk/", bulk.bulk_preview, name="bulk_preview"),
    path("ledger/bulk/do/", bulk.bulk_do, name="bulk_do"),
    path("ledger/bulk/<int:pk>/", bulk.bulk_change, name="bulk_change"),
    path("ledger/workbooks/", workbooks.workbooks, name="workbooks"),
    path("ledger/workbooks/<int:pk>/", workbooks.workbook, name="workbook"),
    path("ledger/workbooks/<int:pk>/accept/", workbooks.accept, name="accept_workbook"),
    path("ledger/workbooks/<int:pk>/mapping/", workbooks.mapping, name="workbook_mapping"),
    path("ledger/workbooks/<int:pk>/load/", workbooks.load, name="load_workbook"),
    path("ledger/workbooks/<int:pk>/drop/", workbooks.drop, name="drop_workbook"),
    path("ledger/tasks/suggest/", particulars.suggest_tasks, name="suggest_tasks"),
    path("ledger/<int:pk>/", table.detail, name="ledger_detail"),
    path("ledger/<int:pk>/particulars/", particulars.particulars, name="particulars"),
    path("inspections/", inspections.inspections, name="inspections"),
    path("inspections/add/", inspections.add_inspection, name="add_inspection"),
    path("inspections/<int:pk>/", inspections.inspection, name="inspection"),
    path("inspections/<int:pk>/edit/", inspections.edit_inspection, name="edit_inspection"),
    path("inspections/<int:pk>/findings/", inspections.enter_findings, name="enter_findings"),
    path("plans/<int:pk>/", inspections.plan, name="plan"),
    path("plans/<int:pk>/versions/", inspections.add_version, name="add_version"),
    path("plans/<int:pk>/versions/<int:version>/", inspections.version_file, name="version_file"),
    path("plans/<int:pk>/versions/<int:version>/public/", inspections.show_version, name="show_version"),
]
