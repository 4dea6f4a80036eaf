"""The pictures for messengers show the skyline of the pages."""

from io import BytesIO

from django.conf import settings
from PIL import Image, ImageChops, ImageStat

from events.pages import town_sign

SVG = settings.BASE_DIR / "static" / "img" / "skyline.svg"
# As `.townscape` in site.css: the height a fifth of the width, 47 % of the rest to the left.
WIDTH, HEIGHT = town_sign.WIDTH, town_sign.WIDTH // 5
WHOLE = HEIGHT * 1440 // 100
PAGE = f"""<body style="margin:0;overflow:hidden;background:black">
<div style="width:{WHOLE}px;translate:{0.47 * (WIDTH - WHOLE)}px">{{svg}}</div>
<style>svg {{{{ display:block; fill:white }}}}</style>"""


def test_skyline_of_the_previews_is_that_of_the_pages(open_page):
    """When the SVG has changed, save `drawn` in 16 greys in the place of the old picture."""
    page = open_page("about:blank")
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.set_content(PAGE.format(svg=SVG.read_text()))
    drawn = Image.open(BytesIO(page.screenshot())).convert("L")

    kept = Image.open(town_sign.SKYLINE).convert("L")

    assert kept.size == drawn.size
    assert ImageStat.Stat(ImageChops.difference(kept, drawn)).mean[0] < 1
    assert 20 < ImageStat.Stat(drawn).mean[0] < 200
