from django.urls import path

from zhenggai.intake import deciding, unread, views

urlpatterns = [
    path("intake/", views.intake, name="intake"),
    path("intake/readings/<int:pk>/", views.reading, name="reading"),
    path("intake/readings/<int:pk>/again/", views.read_again, name="read_again"),
    path("intake/<int:pk>/", views.proposal, name="proposal"),
    path("intake/<int:pk>/<int:position>/", views.proposal, name="proposal_item"),
    path("intake/<int:pk>/<int:position>/accept/", deciding.accept, name="accept_item"),
    path("intake/<int:pk>/<int:position>/reject/", deciding.reject, name="reject_item"),
    path("intake/<int:pk>/<int:position>/edit/", deciding.edit, name="edit_item"),
    path("intake/<int:pk>/<int:position>/split/", deciding.split, name="split_item"),
    path("intake/<int:pk>/<int:position>/merge/", deciding.merge, name="merge_item"),
    path("intake/<int:pk>/<int:position>/restore/", deciding.restore, name="restore_item"),
    path("intake/<int:pk>/<int:position>/pages/", views.pages, name="item_pages"),
    path("intake/<int:pk>/<int:position>/page/<int:number>/", views.page, name="item_page"),
    path("intake/<int:pk>/accept/", deciding.accept_all, name="accept_all"),
    path("intake/<int:pk>/add/", deciding.add, name="add_item"),
    path("intake/<int:pk>/unread/", unread.unread, name="proposal_unread"),
    path("intake/<int:pk>/withdraw/", deciding.withdraw, name="withdraw_proposal"),
    path("intake/<int:pk>/original/", views.original, name="proposal_original"),
]
