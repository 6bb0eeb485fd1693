app_name = "multiplier"
urlpatterns: list = []
