"""Whatever is stored is shown as it was typed: in every page and mail, by a real browser."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from events.models import Series, Talk
from registration.mail.deliver import render
from registration.mail.examples import EXAMPLES
from registration.models import (
    Erasure,
    Interest,
    Message,
    OutgoingMail,
    ProposedChange,
    Registration,
    links,
)
from tests.makers import make_offer, make_speaker_link
from tests.markup import (
    ALL,
    EVERY_MARK,
    GROUPS,
    PAYLOADS,
    fitting,
    mangled,
    marks,
    store_everywhere,
)

WATCH = """
document.addEventListener("securitypolicyviolation",
    e => console.error("refused: " + e.violatedDirective + " " + e.blockedURI));
"""
# All text that the page holds, and what stands in its fields.
TEXT = """() => {
  const parts = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; node = walk.nextNode();)
    if (!["SCRIPT", "STYLE"].includes(node.parentElement.tagName)) parts.push(node.data);
  for (const field of document.querySelectorAll("input, textarea")) parts.push(field.value);
  return parts.join("\\n");
}"""


class Reader:
    """A browser that notes whatever is carried out, asked of others, or not as it was typed."""

    def __init__(self, context, url):
        self.url, self.wrong, self.at = url, [], ""
        context.add_init_script(WATCH)
        self.page = context.new_page()
        self.page.on(
            "dialog", lambda dialog: (self.note("dialog", dialog.message), dialog.dismiss())
        )
        self.page.on("console", lambda message: self.note("console", message.text))
        self.page.on("pageerror", lambda error: self.note("error", str(error)))
        self.page.on("request", lambda request: self.asked(request.url))

    def note(self, what, text):
        if "status of 4" not in text:  # the browser itself reports a refused form
            self.wrong.append((self.at, what, text[:200]))

    def asked(self, url):
        if not url.startswith((self.url, "data:", "about:")):
            self.note("foreign host", url)

    def read(self, path):
        self.at = path
        self.page.goto(self.url + path)
        return self.check()

    def open_mail(self, name, html):
        """Open the HTML of a mail alone, with no policy that would stop anything."""
        self.at = name
        self.page.set_content(html)
        return self.check()

    def check(self) -> set[str]:
        """Note what is wrong with the page that is open; return the marks it shows."""
        text = self.page.evaluate(TEXT)
        for piece in mangled(text):
            self.note("mangled", piece)
        if self.page.locator("[data-x]").count():
            self.note("element", self.page.locator("[data-x]").first.evaluate("e => e.outerHTML"))
        return marks(text)


@pytest.fixture
def organiser(own_url):
    return store_everywhere()


@pytest.fixture
def reader(browser, own_url, organiser):
    context = browser.new_context(locale="de-DE")
    yield Reader(context, own_url)
    context.close()


def log_in(reader, organiser):
    client = Client()
    client.force_login(organiser)
    cookie = client.cookies[django_settings.SESSION_COOKIE_NAME].value
    reader.page.context.add_cookies(
        [{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": reader.url}]
    )


def test_public_pages_show_what_was_typed(reader):
    talks = [*Talk.objects.upcoming(), *Talk.objects.past()[:2]]
    lists = [reader.read(path) for path in ("/", "/archiv/", "/landkarte/", "/anmeldung/")]
    lists += [set().union(*(reader.read(talk.get_absolute_url()) for talk in talks))]
    for path in ("/ueber/", "/impressum/", "/datenschutz/", "/barrierefreiheit/", "/abonnieren/"):
        reader.read(path)
    for path in ("/einbetten/", "/terminhinweise/", talks[0].get_absolute_url() + "aushang/"):
        reader.read(path)
    chosen = [talk.slug for talk in talks[:12]]
    lists += [reader.read(f"/anmeldung/danke/?{urlencode({'talk': chosen}, doseq=True)}")]
    Talk.objects.filter(pk=talks[-1].pk).update(status="draft")
    lists += [reader.read(Talk.objects.get(pk=talks[-1].pk).preview_url)]

    assert reader.wrong == []
    assert lists == [EVERY_MARK] * len(lists)


def test_what_is_searched_for_and_typed_into_the_form_is_shown_as_it_was_typed(reader):
    page = reader.page
    searched = set()
    for group in GROUPS:
        searched |= reader.read(f"/archiv/?{urlencode({'q': group})}")
    reader.read("/anmeldung/")
    page.locator("[name=name]").fill(GROUPS[0])
    page.locator(".question summary").first.click()
    page.locator("[name^=question-]").first.fill("\n".join(GROUPS)[:1000])
    page.get_by_role("button", name="Kostenfrei anmelden").click()
    expect(page.locator("[role=alert]").first).to_be_visible()
    reader.check()

    assert (reader.wrong, searched) == ([], EVERY_MARK)


def test_personal_pages_show_what_was_typed(reader):
    rows = list(Registration.objects.of("kim@stadt.example").order_by("pk"))
    token = links.token(rows[0].key, links.PURPOSE_MINE)
    mine = reader.read(f"/meine-anmeldung/{token}/")
    for rest in ("angaben/", "adresse/", "loeschen/"):
        reader.read(f"/meine-anmeldung/{token}/{rest}")
    for rest in ("abmelden", "frage", "weitergeben"):
        reader.read(f"/meine-anmeldung/{token}/{rows[0].uuid}/{rest}/")
    for purpose, page in (
        (links.PURPOSE_JOIN, "teilnehmen"),
        (links.PURPOSE_REMINDERS, "erinnerungen"),
        (links.PURPOSE_RECAP, "unterlagen"),
        (links.PURPOSE_NOT_ME, "anmeldung/nicht-ich"),
        (links.PURPOSE_CONFIRM, "anmeldung/bestaetigen"),
    ):
        reader.read(f"/{page}/{links.token(rows[0].key, purpose)}/")
    wish = links.NewAddress(rows[0].key, "neu@stadt.example")
    moving = links.new_address_token(wish, timezone.now() + timedelta(hours=1))
    moved = reader.read(f"/anmeldung/neue-adresse/{moving}/")
    interest = Interest.objects.get()
    topics = reader.read(f"/terminhinweise/{links.token(interest.key, links.PURPOSE_INTEREST)}/")

    assert (reader.wrong, mine, moved, topics) == ([], EVERY_MARK, EVERY_MARK, EVERY_MARK)


def test_speakers_desk_shows_what_was_typed(reader):
    link = make_speaker_link(Talk.objects.upcoming().first())
    for field in ("announcement", "lessons"):
        ProposedChange.objects.propose(link, field, f"{ALL}\n\nNeu")
    for field in ("title", "costs"):
        ProposedChange.objects.propose(link, field, f"{GROUPS[0]} neu")
    ProposedChange.objects.get(link=link, field="costs").decide("declined", GROUPS[0])

    desk = reader.read(reverse("registration:speaker", args=[link.token]))
    preview = reader.read(reverse("registration:speaker_preview", args=[link.token]))

    assert (reader.wrong, desk, preview) == ([], EVERY_MARK, EVERY_MARK)


def test_mails_show_what_was_typed(reader):
    talk = Talk.objects.upcoming().first()
    talk.title = " ".join(GROUPS)  # longer than any that can be stored
    organisers = {example.name: example.message(talk) for example in EXAMPLES}
    named = open_mail(reader, "organisers", organisers["interest_confirm"])
    series = Series.load()
    series.organisers = ""  # at the end of each mail they show every mark by themselves
    series.save()
    examples = {example.name: example.message(talk) for example in EXAMPLES}
    shown = {name: open_mail(reader, name, message) for name, message in examples.items()}
    shown_names = set()
    row = Registration.objects.confirmed().first()
    row.hand_over(name=row.name, email="lea@stadt.example")
    OutgoingMail.objects.enqueue_test(Message.objects.get(talk=row.talk), "orga@reihe.example")
    for mail in OutgoingMail.objects.filter(interest=None).iterator():
        if message := render(mail):
            shown_names |= open_mail(reader, str(mail), message)

    assert reader.wrong == []
    assert (named, shown_names) == (EVERY_MARK, EVERY_MARK)
    # Of those only the series' name in the footer.
    names = ["interest_confirm", "interest_already", "invitation", "new_password"]
    names += ["new_second_factor", "account_changed", "offer"]
    of_no_talk = dict.fromkeys(names, marks(fitting(80)))
    assert shown == dict.fromkeys(examples, EVERY_MARK) | of_no_talk


def open_mail(reader, name, message) -> set[str]:
    (html,) = [part.content for part in message.alternatives if part.mimetype == "text/html"]
    assert (name, mangled(message.body), mangled(message.subject)) == (name, [], [])
    return reader.open_mail(name, html)


def test_admin_shows_what_was_typed(reader, organiser):
    log_in(reader, organiser)
    Erasure.objects.create(uuid=uuid4(), kind="registration")
    for group in GROUPS:
        make_offer(town=group, name=group, subject=group)
    lists = {}
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        lists[model._meta.model_name] = reader.read(reverse(f"{name}_changelist"))
        pk = model.objects.order_by("pk").first().pk
        for page in ("change", "history", "delete"):
            reader.read(reverse(f"{name}_{page}", args=[pk]))
    talk = Talk.objects.order_by("pk").first()
    message = Message.objects.order_by("pk").first()
    row = Registration.objects.order_by("pk").first()
    others = {
        "index": [],
        "statistics": [],
        "mail_previews": [],
        "export_registrations": [],
        "sign_ups": [talk.pk],
        "tell_of_change": [talk.pk],
        "announcement": [talk.pk],
        "speaker_proposals": [talk.pk],
        "add_participant": [talk.pk],
        "import_attendance": [talk.pk],
        "review_attendance": [talk.pk],
        "print_participants": [talk.pk],
        "print_questions": [talk.pk],
        "correct_registration": [row.pk],
        "registration_registration_person": [row.pk],
        "act_on_registration": [row.pk, "abmelden"],
        "check_message": [message.pk],
        "mail_preview": ["message"],
        "mail_preview_html": ["message"],
    }
    for name, arguments in others.items():
        reader.read(reverse(f"admin:{name}", args=arguments))

    assert reader.wrong == []
    full = {name for name, found in lists.items() if found == EVERY_MARK}
    assert full >= {"talk", "municipality", "topic", "registration", "message", "offer"}


def press(reader, button) -> set[str]:
    """Press the first button of that name; return the marks on the page that comes."""
    reader.at = f"{reader.at} > {button}"
    with reader.page.expect_navigation():
        reader.page.get_by_role("button", name=button, exact=True).first.click()
    return reader.check()


def test_finding_telling_and_erasing_a_person_shows_what_was_typed(reader, organiser, settings):
    log_in(reader, organiser)
    field = reader.page.get_by_label("E-Mail-Adresse oder Name")
    found = set()
    for piece in ("Ä0", "Ä1", "Ä2"):
        reader.read(reverse("admin:find_person"))
        field.fill(piece)
        found |= press(reader, "Suchen")
    expect(reader.page.get_by_role("button", name="Zeigen").first).to_be_visible()
    reader.read(reverse("admin:find_person"))
    field.fill("kim@stadt.example")
    person = press(reader, "Suchen")
    press(reader, "Auskunft …")
    expect(reader.page.get_by_role("button", name="Datei herunterladen")).to_be_visible()
    press(reader, "Zurück zur Person")
    erase = press(reader, "Alles löschen …")
    expect(reader.page.get_by_role("button", name="Ja, alles löschen")).to_be_visible()

    # Asked for the password once more: the page carries whatever was sent.
    press(reader, "Zurück zur Person")
    settings.PROOF_MINUTES = 0
    reader.page.locator("form[action$='/auskunft/'] [name=who]").evaluate(
        """(field, [value, name]) => {
            field.value = value;
            const other = field.cloneNode();
            other.name = name;
            field.after(other);
        }""",
        [" ".join(GROUPS), GROUPS[0]],
    )
    proof = press(reader, "Auskunft …")
    expect(reader.page.get_by_label("Passwort")).to_be_visible()
    names = "[...document.querySelectorAll('input[type=hidden]')].map(field => field.name)"
    assert GROUPS[0] in reader.page.evaluate(names)
    reader.page.get_by_label("Passwort").fill("falsch")
    still = press(reader, "Weiter")

    assert reader.wrong == []
    assert [found, person, erase, proof, still] == [EVERY_MARK] * 5


def test_admins_scripts_and_messages_show_what_was_typed(reader, organiser):
    log_in(reader, organiser)
    page, talk = reader.page, Talk.objects.upcoming().first()
    reader.read(reverse("admin:events_talk_change", args=[talk.pk]))
    page.locator("#select2-id_municipality-container").click()
    page.locator(".select2-search__field").fill("Ä0")
    expect(page.locator(".select2-results__option").nth(2)).to_be_visible()
    offered = reader.check()
    page.keyboard.press("Escape")
    reader.read(reverse("admin:add_participant", args=[talk.pk]))
    page.locator("[name=name]").fill(PAYLOADS[0])
    page.locator("[name=email]").fill("toni@stadt.example")
    page.get_by_role("button", name="Eintragen").click()
    expect(page.locator(".messagelist")).to_contain_text(PAYLOADS[0])
    reader.check()

    assert (reader.wrong, offered) == ([], EVERY_MARK)
