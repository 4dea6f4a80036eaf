import os
import stat

import pytest
from django.contrib.auth import get_user_model

from registration.management.commands.start import admin_account, collect_static


@pytest.mark.django_db
def test_admin_account_is_made_once(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    user, password = admin_account()

    file = tmp_path / "admin-password"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert user.check_password(password)
    assert len(password) == 16
    assert admin_account() == (user, password)
    assert get_user_model().objects.count() == 1


@pytest.mark.django_db
def test_changed_password_is_not_printed(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    user, password = admin_account()
    user.set_password("anders als vorher")
    user.save()

    assert admin_account() == (user, "(in der Verwaltung geändert)")
    assert user.check_password("anders als vorher")


def test_static_files_are_collected_only_after_a_change(settings):
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    collect_static()
    before = manifest.stat().st_mtime_ns

    collect_static()
    assert manifest.stat().st_mtime_ns == before

    os.utime(manifest, (0, 0))
    collect_static()
    assert manifest.stat().st_mtime_ns > 0
