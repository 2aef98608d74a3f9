"""The publication itself: its name, tagline, language, time zone, address, articles a page."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.core import parse_locale
from sqlalchemy import CheckConstraint, String, false, true
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.changes import note
from app.config import origin_of
from app.db import Base
from app.outbound import parse
from app.text import clean_line, is_blank

_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}", re.ASCII)
_CONTACT = re.compile(r"https://[A-Za-z0-9][!-~]{2,280}|tel:\+?[0-9() -]{3,40}", re.ASCII)


class SiteNameBlank(Exception):
    """Please give the site a name."""


class LanguageUnknown(Exception):
    """This is not a language tag like en, de-CH or zh-Hant."""


class AddressInvalid(Exception):
    """An address is https:// or http:// and a host name, nothing after it, like https://example.org."""


class ContactInvalid(Exception):
    """A contact is an e-mail address, or begins with https:// or tel:, like https://example.org/security."""


class SenderInvalid(Exception):
    """The sender is one e-mail address, like news@example.org, without a name."""


class Publication(Base):
    """The one row that says what this publication is called and how it speaks. Made by the first migration."""

    __tablename__ = "publication"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    name: Mapped[str] = mapped_column(String(200), default="Typecase")
    tagline: Mapped[str] = mapped_column(String(300), default="")
    language: Mapped[str] = mapped_column(String(35), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    address: Mapped[str] = mapped_column(String(300), default="")
    """Where readers reach the site, like https://example.org; empty: SITE_URL says."""
    articles_per_page: Mapped[int] = mapped_column(default=10)
    shows_pageviews: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether readers see how often an article was read; it is counted either way."""
    counts_by_script: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether a script in the page counts, as behind a CDN, instead of the answer of this server; never both."""
    purge_url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    """Where a CDN is told which pages are old; empty: nowhere."""
    purge_secret: Mapped[str] = mapped_column(String(200), default="", server_default="")
    allows_foreign_pictures: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether pages may show pictures from other sites, over https."""
    security_contact: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """Where holes are reported, as security.txt gives it: mailto:, https: or tel:."""
    mail_sender: Mapped[str] = mapped_column(String(254), default="", server_default="")
    """The address that mail comes from; empty: what the mail server's account says."""


@dataclass(frozen=True)
class Settings:
    """A copy of the publication's settings that outlives the session it was read in."""

    name: str = "Typecase"
    tagline: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    address: str = ""
    articles_per_page: int = 10
    shows_pageviews: bool = True
    counts_by_script: bool = False
    purge_url: str = ""
    allows_foreign_pictures: bool = True
    security_contact: str = ""
    mail_sender: str = ""

    @cached_property
    def zone(self) -> ZoneInfo:
        """The site's time zone: days, archives and typed times are in it."""
        return ZoneInfo(self.time_zone)

    @property
    def locale(self) -> Locale:
        """How numbers and dates are written in the site's language."""
        return locale_of(self.language)


@lru_cache(maxsize=256)
def locale_of(language: str) -> Locale:
    """What babel knows of a language tag like ``pt-BR``; of its first part; of English if nothing."""
    for tag in (language, language.split("-")[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (ValueError, UnknownLocaleError):
            continue
    return Locale("en")


def get_settings(session: Session) -> Settings:
    """The settings as they are now; defaults before the first migration has made the row."""
    row = session.get(Publication, 1)
    if row is None:
        return Settings()
    return Settings(**{name: getattr(row, name) for name in Settings.__dataclass_fields__})


def change_settings(session: Session, **changes: str | int) -> None:
    """Change the named settings. The values have been checked by the caller's form or command."""
    row = session.get(Publication, 1)
    if row is None:
        row = Publication(id=1)
        session.add(row)
    for name, value in changes.items():
        if name not in Settings.__dataclass_fields__:
            raise KeyError(name)
        setattr(row, name, value)
    session.flush()
    note(session, "site")


def get_purge_secret(session: Session) -> str:
    """What messages to the CDN are signed with; no page shows it."""
    row = session.get(Publication, 1)
    return row.purge_secret if row is not None else ""


def change_purge_secret(session: Session, secret: str) -> None:
    """Sign messages to the CDN with this from now on."""
    change_settings(session)
    session.get_one(Publication, 1).purge_secret = secret
    session.flush()


def check_purge_url(typed: str) -> str:
    """The address that is told what is old, as it is kept; "" for none. Raises ``AddressRefused``."""
    url = clean_line(typed)
    if url:
        parse(url)
    return url


def check_site_name(typed: str) -> str:
    """The site's name as it is kept: one line. Raises ``SiteNameBlank``."""
    name = clean_line(typed)
    if is_blank(name):
        raise SiteNameBlank
    return name


def check_language(typed: str) -> str:
    """A language tag (BCP 47) as it is usually written: en, de-CH, zh-Hant. Raises ``LanguageUnknown``."""
    tag = clean_line(typed).replace("_", "-")
    try:
        Locale.parse(tag, sep="-")
        language, territory, script, *_ = parse_locale(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        raise LanguageUnknown from None
    return "-".join(part for part in (language, script, territory) if part)


def check_contact(typed: str) -> str:
    """Where holes are reported, as security.txt gives it; "" for nowhere. Raises ``ContactInvalid``."""
    contact = clean_line(typed)
    if _MAIL_ADDRESS.fullmatch(contact.removeprefix("mailto:")):
        return f"mailto:{contact.removeprefix('mailto:')}"
    if contact and not _CONTACT.fullmatch(contact):
        raise ContactInvalid
    return contact


def check_sender(typed: str) -> str:
    """The address that mail comes from; "" for none of its own. Raises ``SenderInvalid``."""
    sender = clean_line(typed)
    if sender and not _MAIL_ADDRESS.fullmatch(sender):
        raise SenderInvalid
    return sender


def check_address(typed: str) -> str:
    """The site's address as it is kept, or "" if none was typed. Raises ``AddressInvalid``."""
    address = clean_line(typed)
    origin = origin_of(address) if address else ""
    if origin is None or len(origin) > 300:
        raise AddressInvalid
    return origin
