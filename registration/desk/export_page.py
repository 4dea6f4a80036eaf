"""The organisers' page from which registrations leave the site as a file."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import path

from events.models import Talk
from registration.desk.export import CHOICES, Export
from registration.desk.spreadsheets import csv_lines, xlsx_file
from registration.models import Registration
from registration.privacy.history import write_export


class TalkChoice(forms.ModelChoiceField):
    def label_from_instance(self, talk):
        return f"{talk.short_date_text}: {talk.title}"


class ExportForm(forms.Form):
    """What goes into the file."""

    talk = TalkChoice(
        label="Talk", queryset=Talk.objects.none(), required=False, empty_label="Alle Talks"
    )
    states = forms.MultipleChoiceField(
        label="Stand",
        choices=Registration.State,
        widget=forms.CheckboxSelectMultiple,
        initial=[Registration.State.CONFIRMED],
        error_messages={"required": "Bitte wählen Sie, wer in die Datei soll."},
    )
    columns = forms.MultipleChoiceField(
        label="Spalten",
        choices=[(choice.key, choice.label) for choice in CHOICES],
        widget=forms.CheckboxSelectMultiple,
        initial=[choice.key for choice in CHOICES if choice.is_usual],
        help_text="Nehmen Sie nur mit, was Sie brauchen: Jede Datei ist eine Kopie von Daten, "
        f"die hier {settings.RETENTION_DAYS}\u00a0Tage nach dem Talk gelöscht werden.",
        error_messages={"required": "Bitte wählen Sie mindestens eine Spalte."},
    )
    file_format = forms.ChoiceField(
        label="Format",
        choices=[("xlsx", "Excel (XLSX)"), ("csv", "CSV (Semikolon, UTF-8)")],
        widget=forms.RadioSelect,
        initial="xlsx",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["talk"].queryset = Talk.objects.newest().headlines()

    def clean(self):
        data = super().clean()
        if not self.errors:
            chosen = [choice for choice in CHOICES if choice.key in data["columns"]]
            self.export = Export(data["talk"], data["states"], chosen)
            self.number = self.export.rows(Registration.objects).count()
            if not self.number:
                raise forms.ValidationError("Zu dieser Auswahl gibt es keine Anmeldungen.")
        return data


class ExportsPeople(admin.ModelAdmin):
    """Adds the export to the admin of the registrations."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.export)
        return [path("export/", view, name="export_registrations"), *super().get_urls()]

    def export(self, request):
        if not request.user.has_perm("registration.export_registration"):
            raise PermissionDenied
        form = ExportForm(request.POST or None, initial={"talk": request.GET.get("talk")})
        if request.method == "POST" and form.is_valid():
            file_format = form.cleaned_data["file_format"]
            message = form.export.log_text(form.number, file_format.upper())
            write_export(request.user, form.export.talk, message)
            return answer(form.export, file_format)
        context = {
            **self.admin_site.each_context(request),
            "title": "Anmeldungen exportieren",
            "opts": self.opts,
            "form": form,
        }
        template = "admin/registration/registration/export.html"
        return render(request, template, context, status=422 if form.is_bound else 200)


def answer(export: Export, file_format: str):
    """Answer with the file: CSV while it is read, XLSX from a temporary file."""
    sheet = export.sheet(export.rows(Registration.objects))
    name = export.file_name(file_format)
    if file_format == "xlsx":
        return FileResponse(xlsx_file([sheet], "Anmeldungen"), as_attachment=True, filename=name)
    return StreamingHttpResponse(
        csv_lines(sheet),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
