"""The organisers' pages: the series, its talks, and what a talk is made of."""

from django import forms
from django.contrib import admin

from events.models import Material, Municipality, Series, Speaker, Topic

admin.site.site_header = admin.site.site_title = "Kleinstadt Web-Talks"
admin.site.index_title = "Verwaltung"
admin.site.site_url = "/"


class TalkForm(forms.ModelForm):
    """Adds the topics: the model in between hides them from the admin's own fields."""

    themes = forms.ModelMultipleChoiceField(
        Topic.objects.all(),
        label="Themen",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["themes"].initial = self.instance.topics.all()


class SpeakerInline(admin.TabularInline):
    model = Speaker
    fields = ["position", "name", "role", "form"]
    extra = 1


class MaterialInline(admin.StackedInline):
    model = Material
    fields = ["title", "audience", "file", "url", "recording", "position"]
    extra = 0


class TalkAdmin(admin.ModelAdmin):
    """Talks; registration/admin.py registers it and adds what concerns the people."""

    form = TalkForm
    inlines = [SpeakerInline, MaterialInline]
    list_display = ["title", "starts_at", "municipality", "status"]
    list_filter = ["status", "topics", "starts_at"]
    list_select_related = ["municipality"]
    search_fields = ["title", "subtitle", "speakers__name", "municipality__name"]
    date_hierarchy = "starts_at"
    autocomplete_fields = ["municipality"]
    save_on_top = True
    fieldsets = [
        (
            "Was",
            {
                "fields": [
                    "title",
                    "subtitle",
                    "announcement",
                    "recap",
                    "written_answers",
                    "themes",
                ]
            },
        ),
        ("Woher", {"fields": ["municipality"]}),
        ("Wann", {"fields": ["starts_at", "ends_at"]}),
        (
            "Bild",
            {"fields": ["image", "image_focus", "image_alt", "image_caption", "image_credit"]},
        ),
        (
            "Anmeldung",
            {
                "fields": [
                    "capacity",
                    "waiting_list",
                    "registration_opens_at",
                    "registration_closes_at",
                ]
            },
        ),
        ("Veröffentlichung", {"fields": ["status", "publish_at", "slug"]}),
    ]

    def save_model(self, request, obj, form, change):
        """Save only what was changed here: a form left open overwrites no counter."""
        if not change:
            obj.save()
            return
        columns = {field.name for field in obj._meta.concrete_fields}
        obj.save(update_fields={*columns.intersection(form.changed_data), "updated_at"})

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if "themes" in form.changed_data:
            form.instance.topics.set(form.cleaned_data["themes"])

    def delete_queryset(self, request, queryset):
        """Delete one by one, so that the pictures go too."""
        for talk in queryset:
            talk.delete()


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin):
    fieldsets = [
        ("Die Reihe", {"fields": ["name", "claim", "introduction", "organisers", "series_url"]}),
        ("Kontakt", {"fields": ["contact_email", "contact_phone"]}),
        (
            "Impressum",
            {
                "fields": [
                    "provider_name",
                    "provider_address",
                    "provider_represented_by",
                    "provider_register",
                    "provider_vat_id",
                    "responsible_for_content",
                ]
            },
        ),
        ("Datenschutz", {"fields": ["data_protection_officer", "hosting"]}),
        (
            "Barrierefreiheit",
            {
                "fields": [
                    "accessibility_duty",
                    "accessibility_assessed_on",
                    "accessibility_method",
                    "accessibility_result",
                    "accessibility_gaps",
                    "conciliation_body",
                ]
            },
        ),
    ]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not Series.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Municipality)
class MunicipalityAdmin(admin.ModelAdmin):
    list_display = ["name", "land", "population"]
    list_filter = ["land"]
    search_fields = ["name"]


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
