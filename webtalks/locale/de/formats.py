"""How the site differs from Django's German formats (FORMAT_MODULE_PATH)."""

# The first is how forms and the admin's clock write a time: without seconds.
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
# How the admin writes a moment: `28. Januar 2027, 9:00 Uhr`.
DATETIME_FORMAT = r"j. F Y, G:i \U\h\r"
