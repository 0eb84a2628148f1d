from django.urls import path

from zhenggai.supervision.views import consultations, duties, meetings, papers

urlpatterns = [
    path("meetings/", meetings.meetings, name="meetings"),
    path("meetings/new/", meetings.new_meeting, name="new_meeting"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/files/<int:file>/", meetings.meeting_file, name="meeting_file"),
    path("meetings/<int:pk>/<slug:name>/", meetings.meeting_act, name="meeting_act"),
    path("meetings/decided/", meetings.decided_items, name="decided_items"),
    path("meetings/decided/<int:pk>/", meetings.decided_item, name="decided_item"),
    path("meetings/papers/", papers.papers, name="papers"),
    path("meetings/papers/new/", papers.draft_paper, name="draft_paper"),
    path("meetings/papers/<int:pk>/", papers.paper, name="paper"),
    path("meetings/papers/<int:pk>/file/", papers.paper_file, name="paper_file"),
    path("meetings/papers/<int:pk>/<slug:name>/", papers.paper_act, name="paper_act"),
    path("supervision/", consultations.consultations, name="consultations"),
    path("supervision/consultations/new/", consultations.ask_consultation, name="ask_consultation"),
    path("supervision/consultations/<int:pk>/", consultations.consultation, name="consultation"),
    path("supervision/duties/", duties.standing_duties, name="standing_duties"),
    path("supervision/duties/new/", duties.set_duty, name="set_duty"),
    path("supervision/duties/record/", duties.record_session, name="record_session"),
    path("supervision/duties/<int:pk>/", duties.standing_duty, name="standing_duty"),
    path("supervision/duties/<int:pk>/end/", duties.end_duty, name="end_duty"),
    path("supervision/sessions/<int:pk>/", duties.session, name="session"),
    path("supervision/sessions/<int:pk>/files/<int:file>/", duties.session_file, name="session_file"),
    path("supervision/bodies/", duties.bodies, name="bodies"),
    path("supervision/bodies/new/", duties.keep_body, name="new_body"),
    path("supervision/bodies/<int:pk>/", duties.keep_body, name="body"),
    path("supervision/bodies/mirror/", duties.mirror_bodies, name="mirror_bodies"),
]
