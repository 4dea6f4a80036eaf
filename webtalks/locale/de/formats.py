"""How the site differs from Django's German formats (FORMAT_MODULE_PATH)."""

# The first is how forms and the admin's clock write a time: without seconds.
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
