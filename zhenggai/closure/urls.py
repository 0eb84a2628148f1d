from django.urls import path

from zhenggai.closure import views

urlpatterns = [
    path("closure/", views.closure, name="closure"),
    path("tasks/<int:pk>/files/<int:file>/", views.application_file, name="application_file"),
]
