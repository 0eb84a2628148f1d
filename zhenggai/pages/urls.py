from django.urls import path

from zhenggai.pages.views import audit, evidence, overview, task, war_map, work

urlpatterns = [
    path("work/", work.my_work, name="my_work"),
    path("overview/", overview.overview, name="overview"),
    path("map/", war_map.war_map, name="war_map"),
    path("desk/", work.desk, name="desk"),
    path("desk/audit/", audit.audit, name="audit"),
    path("desk/files/", evidence.file_alarms, name="file_alarms"),
    path("evidence/<slug:kind>/<int:pk>/", evidence.evidence, name="evidence"),
    path("evidence/<slug:kind>/<int:pk>/<int:number>/", evidence.evidence_page, name="evidence_page"),
    path("evidence/<slug:kind>/<int:pk>/download/", evidence.evidence_download, name="evidence_download"),
    path("tasks/<int:pk>/evidence/", evidence.task_evidence, name="task_evidence"),
    path("tasks/<int:pk>/photos/", evidence.task_photos, name="task_photos"),
    path("tasks/<int:pk>/", task.task, name="task"),
    path("tasks/<int:pk>/<slug:name>/", task.step, name="step"),
]
