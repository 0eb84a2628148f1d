from django.urls import path

from zhenggai.ui import views

urlpatterns = [path("ui/stylebook", views.stylebook, name="stylebook")]
