from django.urls import path

from zhenggai.publicity import portal, views

urlpatterns = [
    path("", portal.home, name="portal_home"),
    path("public/tasks/", portal.tasks, name="portal_tasks"),
    path("public/tasks/<int:number>/", portal.task, name="portal_task"),
    path("public/notices/", portal.notices, name="portal_notices"),
    path("public/notices/<int:pk>/", portal.notice, name="portal_notice"),
    path("public/notices/<int:pk>/object/", portal.object_to, name="portal_object"),
    path("public/notices/<int:pk>/paper/", portal.paper, name="portal_paper"),
    path("public/objections/", portal.find_receipt, name="portal_find_receipt"),
    path("public/objections/<slug:number>/", portal.receipt, name="portal_receipt"),
    path("public/words/", portal.words, name="portal_words"),
    path("notices/", views.notices, name="notices"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/publish/<int:pk>/", views.publish, name="publish_plan"),
    path("objections/<int:pk>/", views.objection, name="objection"),
]
