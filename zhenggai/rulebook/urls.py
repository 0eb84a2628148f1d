from django.urls import path

from zhenggai.rulebook import views

urlpatterns = [
    path("desk/rules/", views.rulebooks, name="rulebooks"),
    path("desk/rules/draft/", views.draft, name="draft_rulebook"),
    path("desk/rules/<int:pk>/", views.rulebook, name="rulebook"),
    path("desk/rules/<int:pk>/approve/", views.approve, name="approve_rulebook"),
    path("desk/calendar/", views.calendar, name="calendar"),
    path("desk/calendar/<int:year>/", views.calendar, name="calendar_year"),
]
