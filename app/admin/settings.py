"""The settings of the site; also the second step of its set-up."""

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, SelectChoice, SelectField, StringField  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from app import web
from app.admin.fields import NumberField, PairedBox
from app.audit.withholding import WITHHELD, differences
from app.outbound import AddressRefused, Unreachable
from app.purges import find_state
from app.settings import (
    AddressInvalid,
    LanguageUnknown,
    SiteNameBlank,
    change_purge_secret,
    change_settings,
    check_address,
    check_language,
    check_purge_url,
    check_site_name,
    get_purge_secret,
)
from app.text import clean_line

bp = Blueprint("settings", __name__, url_prefix="/admin")


class SettingsForm(web.Form):
    read_only = frozenset({"id", "site_url", "version"})

    name = StringField(
        "Name",
        [DataRequired(web.sentence(SiteNameBlank())), web.checked_by(check_site_name, SiteNameBlank), Length(max=200)],
    )
    tagline = StringField("Tagline", [web.checked_by(clean_line), Length(max=300)])
    language = StringField(
        "Language", [DataRequired("Please give a language."), web.checked_by(check_language, LanguageUnknown)]
    )
    time_zone = SelectField("Time zone")
    address = StringField("Address", [web.checked_by(check_address, AddressInvalid)])
    shows_pageviews = PairedBox("Show readers how often an article was read")
    counts_by_script = PairedBox("A shared cache (CDN) stands in front: let a script in the page count")
    purge_url = StringField("Address that is told what has changed", [web.checked_by(check_purge_url, AddressRefused)])
    purge_secret = PasswordField("Secret that signs what it is told", [Optional(), Length(min=16, max=200)])
    articles_per_page = NumberField("Articles a page", [NumberRange(1, 100, "From 1 to 100 articles fit on a page.")])

    def validate_purge_url(self, field: StringField) -> None:
        if field.data and not self.purge_secret.data and not get_purge_secret(web.reader()):
            raise ValidationError("It needs a secret too: choose one below, and give it to the receiver.")

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.time_zone.choices = list_time_zones(web.settings().time_zone)
        if web.config().site_url_given:
            # The server's own variable says where the site is: the field is shown as text only.
            del self.address
            self.read_only = self.read_only | {"address"}


@bp.get("/settings")
@web.needs("settings.edit")
def edit() -> str:
    form = SettingsForm(obj=web.settings())
    if _is_first_step() and web.settings().language == "en":
        form.language.data = _language_of_browser() or "en"
    return _page(form)


@bp.post("/settings")
@web.needs("settings.edit")
def save() -> ResponseReturnValue:
    form = SettingsForm(obj=web.settings())
    if not form.validate_on_submit():
        return _page(form), form.refusal_status
    changes = {field.name: field.data for field in form if field.name not in {"csrf_token", "purge_secret"}}
    noted = differences({name: getattr(web.settings(), name) for name in changes}, changes)
    change_settings(web.writer(), **changes)
    if form.purge_secret.data:
        change_purge_secret(web.writer(), form.purge_secret.data)
        noted |= {"purge_secret": WITHHELD}
    if noted:
        web.note("settings.change", kind="settings", changes=noted)
    web.writer().commit()
    if _is_first_step():
        return redirect(url_for(".ready"), 303)
    return redirect(url_for(".edit", done="settings-saved"), 303)


@bp.post("/settings/purge-test")
@web.needs("settings.edit")
def send_test() -> ResponseReturnValue:
    """Tell the address of the settings that nothing has changed: does it listen, and believe the signature?"""
    web.require_button()
    url, secret = web.settings().purge_url, get_purge_secret(web.reader())
    try:
        current_app.extensions["typecase.purger"].send(url, secret, {"test": True, "keys": []})
    except (AddressRefused, Unreachable) as refusal:
        form = SettingsForm(formdata=None, obj=web.settings())
        form.refuse(refusal, "purge_url")
        return _page(form), 422
    return redirect(url_for(".edit", done="purge-tested"), 303)


@bp.get("/ready")
@web.needs("settings.edit")
def ready() -> str:
    return render_template("admin/settings/ready.html")


@lru_cache(maxsize=4)
def list_time_zones(current: str) -> list[SelectChoice]:
    """The choices: UTC, then places by continent; ``current`` is among them whatever it is."""
    choices = [SelectChoice("UTC", "UTC", optgroup="Universal")]
    for zone in sorted((available_timezones() | {current}) - {"UTC"}):
        region, _, place = zone.partition("/")
        if zone == current or (place and region not in {"Etc", "SystemV", "US", "posix", "right"}):
            choices.append(SelectChoice(zone, zone.replace("_", " "), optgroup=region))
    return choices


def _is_first_step() -> bool:
    return request.args.get("step") == "first"


def _language_of_browser() -> str | None:
    for tag, _ in request.accept_languages:
        try:
            return check_language(tag)
        except LanguageUnknown:
            continue
    return None


def _page(form: SettingsForm) -> str:
    return render_template(
        "admin/settings/edit.html",
        form=form,
        is_first=_is_first_step(),
        site_url_given=web.config().site_url_given,
        purges=find_state(web.reader()),
    )
