from django.urls import path

from zhenggai.intake import views

urlpatterns = [
    path("intake/", views.intake, name="intake"),
    path("intake/readings/<int:pk>/", views.reading, name="reading"),
    path("intake/readings/<int:pk>/again/", views.read_again, name="read_again"),
    path("intake/<int:pk>/", views.proposal, name="proposal"),
    path("intake/<int:pk>/<int:position>/", views.proposal, name="proposal_item"),
    path("intake/<int:pk>/<int:position>/accept/", views.accept, name="accept_item"),
    path("intake/<int:pk>/<int:position>/reject/", views.reject, name="reject_item"),
    path("intake/<int:pk>/<int:position>/edit/", views.edit, name="edit_item"),
    path("intake/<int:pk>/<int:position>/split/", views.split, name="split_item"),
    path("intake/<int:pk>/<int:position>/merge/", views.merge, name="merge_item"),
    path("intake/<int:pk>/<int:position>/restore/", views.restore, name="restore_item"),
    path("intake/<int:pk>/<int:position>/pages/", views.pages, name="item_pages"),
    path("intake/<int:pk>/<int:position>/page/<int:number>/", views.page, name="item_page"),
    path("intake/<int:pk>/accept/", views.accept_all, name="accept_all"),
    path("intake/<int:pk>/add/", views.add, name="add_item"),
    path("intake/<int:pk>/withdraw/", views.withdraw, name="withdraw_proposal"),
    path("intake/<int:pk>/original/", views.original, name="proposal_original"),
]
