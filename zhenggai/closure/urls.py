from django.urls import path

from zhenggai.closure import field_views, gate_views, lookback_views, reply_views, views

urlpatterns = [
    path("closure/", views.closure, name="closure"),
    path("tasks/<int:pk>/files/<int:file>/", views.application_file, name="application_file"),
    path("tasks/<int:pk>/minutes/<int:verdict>/", views.verdict_minutes, name="verdict_minutes"),
    path("tasks/<int:pk>/strike-off.docx", views.strike_off_paper, name="strike_off_paper"),
    path("tasks/<int:pk>/case.zip", views.case, name="case_file"),
    path("tasks/<int:pk>/changes/", gate_views.look, name="look"),
    path("tasks/<int:pk>/waive/<slug:condition>/", gate_views.waive, name="waive"),
    path("tasks/<int:pk>/fines/", gate_views.fine, name="fine"),
    path("fines/<int:pk>/", gate_views.settle, name="settle"),
    path("reply/<str:token>/", reply_views.reply, name="reply"),
    path("tasks/<int:pk>/reply-link/", reply_views.make_link, name="reply_link"),
    path("replies/<int:pk>/", reply_views.review_reply, name="review_reply"),
    path("look-backs/", lookback_views.look_backs, name="look_backs"),
    path("look-backs/draw/", lookback_views.draw, name="draw_look_back"),
    path("look-backs/<int:pk>/", lookback_views.look_back, name="look_back"),
    path("look-backs/visits/<int:pk>/", lookback_views.visit_sample, name="visit_sample"),
    path("look-backs/rebounds/<int:pk>/", lookback_views.answer_rebound, name="answer_rebound"),
    path("field/", field_views.field, name="field"),
    path("field/worker.js", field_views.worker, name="field_worker"),
    path("field/<int:pk>/", field_views.check_site, name="check_site"),
    path("tasks/<int:pk>/site-photos/<int:photo>/", field_views.site_photo, name="site_photo"),
]
