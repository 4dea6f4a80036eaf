"""Pictures and PDFs on their way out: who gets them, and with which headers."""

import io
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.storage import default_storage
from PIL import Image

from events.models import Material
from events.pages.files import file_name
from tests.events.upload_files import PDF, fetch, jpeg, upload
from tests.makers import make_talk

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

CSP = "default-src 'none'; sandbox"
NOT_FOUND = "Diese Seite gibt es nicht."


def make_picture(**fields):
    """Return the talk, and the paths of its picture's three files."""
    talk = make_talk(image=upload(jpeg((600, 400))), image_credit="© Stadt Größenau", **fields)
    folder = f"/{talk.image.name.rpartition('/')[0]}"
    return talk, [f"{folder}/{name}" for name in ("600x400.jpg", "480.jpg", "480.avif")]


def make_pdf(audience="public", title='Folien & "Töne"', content=PDF, **fields):
    file = upload(content, "böse.html")
    return Material.objects.create(
        talk=make_talk(**fields), title=title, file=file, audience=audience
    )


def organiser(client, *permissions):
    user = User.objects.create_user("orga", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client.force_login(user)


def headers(response) -> dict:
    names = [
        "Content-Type",
        "Content-Length",
        "Content-Disposition",
        "Content-Security-Policy",
        "X-Content-Type-Options",
        "Cache-Control",
        "Set-Cookie",
    ]
    return {name: response.headers[name] for name in names if name in response.headers}


def test_picture_is_served_sandboxed_with_its_true_type(client):
    talk, paths = make_picture()

    for path, kind in zip(paths, ["image/jpeg", "image/jpeg", "image/avif"], strict=True):
        response = fetch(client, path)
        stored = Path(default_storage.path(path[1:])).read_bytes()
        assert (path, response.status_code, response.body) == (path, 200, stored)
        assert headers(response) == {
            "Content-Type": kind,
            "Content-Length": str(len(stored)),
            "Content-Disposition": f'inline; filename="{path.rpartition("/")[2]}"',
            "Content-Security-Policy": CSP,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "public, max-age=86400",
        }


def test_pdf_is_served_sandboxed_as_a_download(client):
    material = make_pdf()

    response = fetch(client, f"/material/{material.pk}/")

    assert (response.status_code, response.body) == (200, PDF)
    assert headers(response) == {
        "Content-Type": "application/pdf",
        "Content-Length": str(len(PDF)),
        "Content-Disposition": ("attachment; filename*=utf-8''Folien%20%26%20%22T%C3%B6ne%22.pdf"),
        "Content-Security-Policy": CSP,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "public, max-age=86400",
    }


def test_script_inside_a_pdf_goes_out_as_a_download_that_may_do_nothing(client):
    script = PDF.replace(b"<<>>", b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>")
    response = fetch(client, f"/material/{make_pdf(content=script).pk}/")

    assert response.headers["Content-Disposition"].startswith("attachment;")
    assert headers(response)["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize(
    "title", ["a\r\nX-Evil: 1", "../../etc/passwd", "a;b=c\\", "😀", "\u202ePDF"]
)
def test_title_of_a_pdf_writes_no_header_of_its_own(client, title):
    material = make_pdf(title=title)

    response = fetch(client, f"/material/{material.pk}/")

    assert (response.status_code, "X-Evil" in response.headers) == (200, False)
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert len(response.headers["Content-Disposition"].splitlines()) == 1


HIDDEN = [{"status": "draft"}, {"publish_at": "2030-01-01T00:00Z"}]


@pytest.mark.parametrize("fields", HIDDEN, ids=["draft", "later"])
def test_picture_of_a_talk_nobody_may_see_is_for_organisers_alone(client, fields):
    talk, paths = make_picture(**fields)
    for_public = [fetch(client, path) for path in paths]
    organiser(client, "view_talk")
    for_organisers = [fetch(client, path) for path in paths]

    assert [response.status_code for response in for_public] == [404] * 3
    assert NOT_FOUND in for_public[0].body.decode()
    assert [response.status_code for response in for_organisers] == [200] * 3
    assert headers(for_organisers[0])["Cache-Control"] == "private, no-store"
    assert headers(for_organisers[0])["Content-Security-Policy"] == CSP


@pytest.mark.parametrize("fields", [*HIDDEN, {"audience": "participants"}], ids=str)
def test_pdf_that_is_not_for_everybody_is_for_organisers_alone(client, fields):
    path = f"/material/{make_pdf(**fields).pk}/"
    for_public = fetch(client, path)
    organiser(client, "view_material")
    for_organisers = fetch(client, path)

    assert for_public.status_code == 404
    assert NOT_FOUND in for_public.body.decode()
    assert (for_organisers.status_code, for_organisers.body) == (200, PDF)
    assert headers(for_organisers)["Cache-Control"] == "private, no-store"
    assert headers(for_organisers)["Content-Security-Policy"] == CSP


def test_staff_without_the_permission_sees_no_draft(client):
    _, paths = make_picture(status="draft")
    pdf = make_pdf(audience="participants")
    organiser(client, "view_topic")

    assert fetch(client, paths[0]).status_code == 404
    assert fetch(client, f"/material/{pdf.pk}/").status_code == 404


@pytest.mark.parametrize("status", ["cancelled", "postponed"])
def test_pictures_of_talks_that_do_not_take_place_stay_public(client, status):
    _, paths = make_picture(status=status)

    assert fetch(client, paths[0]).status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "bilder/{folder}/480.png",
        "bilder/{folder}/480",
        "bilder/{folder}/481.jpg",
        "bilder/{folder}/600x401.jpg",
        "bilder/{folder}/",
        "bilder/{folder}/../{folder}/480.jpg",
        "bilder/{folder}/%2e%2e/480.jpg",
        "bilder/{other}/480.jpg",
        "bilder/{percent}/480.jpg",
        "material/0/",
        "material/99999999999999999999999999/",
        "material/-1/",
        "media/bilder/{folder}/480.jpg",
    ],
)
def test_what_is_not_there_is_not_found(client, name):
    talk, paths = make_picture()
    folder = paths[0].split("/")[2]

    response = client.get("/" + name.format(folder=folder, other="0" * 32, percent="%25" * 32))

    assert response.status_code == 404
    assert NOT_FOUND in response.content.decode()


def test_file_lost_on_disk_is_not_found(client):
    _, paths = make_picture()
    material = make_pdf()
    default_storage.delete(paths[0][1:])
    default_storage.delete(material.file.name)

    assert client.get(paths[0]).status_code == 404
    assert client.get(f"/material/{material.pk}/").status_code == 404


def test_page_of_a_talk_whose_pdf_is_lost_on_disk_is_still_there(client):
    material = make_pdf()
    default_storage.delete(material.file.name)

    response = client.get(material.talk.get_absolute_url())

    assert response.status_code == 200
    assert f'<a href="/material/{material.pk}/">' in response.content.decode()


def test_link_is_no_file(client):
    link = Material.objects.create(talk=make_talk(), title="Aufzeichnung", url="https://vhw.de/")

    assert client.get(f"/material/{link.pk}/").status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_files_are_only_read(client, method):
    _, paths = make_picture()
    material = make_pdf()

    for path in (paths[0], f"/material/{material.pk}/"):
        assert getattr(client, method)(path).status_code == 405


def test_icons_at_the_root_are_pictures(client):
    sizes = {"favicon.ico": (48, 48), "apple-touch-icon.png": (180, 180)}
    sizes["apple-touch-icon-precomposed.png"] = (180, 180)

    for name, size in sizes.items():
        response = client.get(f"/{name}")
        picture = Image.open(io.BytesIO(response.getvalue()))
        assert (name, response.status_code, picture.size) == (name, 200, size)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Folien & Töne", "Folien & Töne.pdf"),
        ("Teil 1/2", "Teil 1-2.pdf"),
        ("Bürger/innenrat 2027", "Bürger-innenrat 2027.pdf"),
        ('Folien: „Bürger/innen" & Rat – Teil 1.2', 'Folien: „Bürger-innen" & Rat – Teil 1.2.pdf'),
        ("..\\..\\C", "-..-C.pdf"),
        ("Folien.pdf", "Folien.pdf"),
        ("...", "Material.pdf"),
    ],
)
def test_title_becomes_the_name_of_one_file(title, name):
    assert file_name(title, "pdf") == name


def test_download_is_named_after_the_whole_title(client):
    material = make_pdf(title="Teil 1/2")

    response = fetch(client, material.file.url)

    assert response.headers["Content-Disposition"] == 'attachment; filename="Teil 1-2.pdf"'
