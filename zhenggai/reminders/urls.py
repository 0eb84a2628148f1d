from django.urls import path

from zhenggai.reminders import views

urlpatterns = [
    path("reminders/", views.reminders, name="reminders"),
    path("reminders/seen/", views.seen, name="reminders_seen"),
    path("reminders/settings/", views.settings_page, name="reminder_settings"),
    path("desk/channels/", views.channels, name="channels"),
    path("desk/channels/<int:pk>/try/", views.try_channel, name="try_channel"),
    path("desk/channels/<int:pk>/switch/", views.switch_channel, name="switch_channel"),
    path("desk/channels/<int:pk>/remove/", views.remove_channel, name="remove_channel"),
]
