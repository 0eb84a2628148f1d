from django.urls import path

from zhenggai.accounts import views

urlpatterns = [
    path("login/", views.Login.as_view(), name="login"),
    path("logout/", views.Logout.as_view(), name="logout"),
    path("password/", views.password, name="password"),
    path("desk/people/", views.people, name="people"),
    path("desk/people/add/", views.add_person, name="add_person"),
    path("desk/people/<int:pk>/", views.person, name="person"),
    path("desk/people/<int:pk>/switch/", views.switch_person, name="switch_person"),
    path("desk/people/<int:pk>/email/", views.set_email, name="set_email"),
    path("desk/people/<int:pk>/password/", views.reset_password, name="reset_password"),
    path("desk/grants/<int:pk>/end/", views.end_grant, name="end_grant"),
    path("desk/units/", views.units, name="units"),
    path("desk/units/add/", views.add_unit, name="add_unit"),
    path("desk/units/suggest/", views.suggest_units, name="suggest_units"),
    path("desk/units/<int:pk>/", views.unit, name="unit"),
]
