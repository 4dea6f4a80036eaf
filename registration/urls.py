from django.urls import path

from registration import views

app_name = "registration"

urlpatterns = [
    path("anmeldung/", views.sign_up, name="form"),
    path("anmeldung/danke/", views.thanks, name="thanks"),
    path("meine-anmeldung/<str:token>/", views.mine, name="mine"),
    path("meine-anmeldung/<str:token>/material/<int:pk>/", views.material, name="material"),
]
