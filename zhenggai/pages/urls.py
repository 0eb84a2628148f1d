from django.urls import path

from zhenggai.pages.views import audit, task, work

urlpatterns = [
    path("work/", work.my_work, name="my_work"),
    path("desk/", work.desk, name="desk"),
    path("desk/audit/", audit.audit, name="audit"),
    path("tasks/<int:pk>/", task.task, name="task"),
    path("tasks/<int:pk>/<slug:name>/", task.step, name="step"),
]
