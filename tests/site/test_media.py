"""Files as readers get them: whole, in ranges, kept by caches; pictures in the sizes that pages offer."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from PIL import Image

from app.accounts.models import Account
from app.media import variants
from app.media.turns import take_turn
from tests.admin.conftest import publish, write
from tests.forms import page, post_form
from tests.media.specimens import MP4, PDF, fetch, moving, picture, upload, upload_one


@pytest.fixture
def editor(bob: Account, client_of: Callable[[Account], FlaskClient]) -> FlaskClient:
    """Bob's browser."""
    return client_of(bob)


def test_what_caches_are_told(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture())
    served = fetch(client, item["url"])
    assert served.headers["Cache-Control"] == "public, max-age=600, stale-while-revalidate=86400"
    assert served.headers["Surrogate-Key"] == served.headers["Cache-Tag"] == "media:1"
    assert "Vary" not in served.headers and "Set-Cookie" not in served.headers
    version = item["thumbnail"].partition("?v=")[2]
    assert "immutable" in fetch(client, f"{item['url']}?v={version}").headers["Cache-Control"]
    assert "immutable" in fetch(client, item["thumbnail"]).headers["Cache-Control"]
    assert "immutable" not in fetch(client, f"{item['url']}?v=another").headers["Cache-Control"]
    # Staff get the same, and no cookie in what a shared cache may keep.
    of_staff = fetch(editor, item["url"])
    assert of_staff.headers["Cache-Control"].startswith("public")
    assert "Vary" not in of_staff.headers and "Set-Cookie" not in of_staff.headers


def test_who_has_it_already_is_told_so(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture())
    for url in (item["url"], item["thumbnail"]):
        first = fetch(client, url)
        assert fetch(client, url, If_None_Match=first.headers["ETag"]).status_code == 304
        assert fetch(client, url, If_Modified_Since=first.headers["Last-Modified"]).status_code == 304


def test_ranges_for_players(editor: FlaskClient, client: FlaskClient) -> None:
    url = upload_one(editor, MP4, "film.mp4")["url"]
    whole = fetch(client, url)
    assert whole.headers["Accept-Ranges"] == "bytes" and whole.content_length == len(MP4)
    part = client.get(url, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.data) == (206, MP4[10:20])
    assert part.headers["Content-Range"] == f"bytes 10-19/{len(MP4)}"
    part.close()
    end = client.get(url, headers={"Range": "bytes=-5"})
    assert end.data == MP4[-5:]
    end.close()
    assert fetch(client, url, Range="bytes=999999-").status_code == 416
    changed = client.get(url, headers={"Range": "bytes=0-1", "If-Range": '"another"'})
    assert (changed.status_code, changed.data) == (200, MP4)
    changed.close()


def test_head_says_the_same_without_the_file(editor: FlaskClient, client: FlaskClient) -> None:
    url = upload_one(editor, PDF, "report.pdf")["url"]
    head, whole = client.head(url), fetch(client, url)
    assert head.status_code == 200 and head.data == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Content-Disposition", "Content-Security-Policy"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize(
    "path",
    [
        "/media/1/other.jpg", "/media/1/harbour.png", "/media/1/harbour", "/media/2/harbour.jpg", "/media/0/x.jpg",
        "/media/1/400/harbour.jpg", "/media/1/401/harbour.webp", "/media/1/0400/harbour.webp", "/media/1/400/x.webp",
        "/media/1/400/harbour.svg", "/media/1/square/harbour.", "/media/1/99999/harbour.avif", "/media/1/", "/media/1",
        "/media/1/400/harbour.webp.webp", f"/media/{2**31}/harbour.jpg",
    ],
)  # fmt: skip
def test_nothing_but_its_own_addresses_leads_to_a_file(editor: FlaskClient, client: FlaskClient, path: str) -> None:
    upload_one(editor, picture())
    assert client.get(path).status_code == 404


def test_sizes_are_made_once_and_kept(
    app: Flask, editor: FlaskClient, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload_one(editor, picture((1000, 500)))
    for size, extension, shown in (
        ("400", "webp", (400, 200)),
        ("800", "avif", (800, 400)),
        ("2400", "webp", (1000, 500)),
    ):
        served = fetch(client, f"/media/1/{size}/harbour.{extension}")
        assert served.content_type == f"image/{extension}"
        with Image.open(BytesIO(served.data)) as image:
            assert (image.format, image.size) == (extension.upper(), shown)
    monkeypatch.setattr(variants, "_make", None)
    assert fetch(client, "/media/1/400/harbour.webp").status_code == 200
    assert len(list(app.extensions["typecase.media"].files.list_stored())) == 4


def test_sizes_are_of_pictures_only(editor: FlaskClient, client: FlaskClient) -> None:
    upload_one(editor, PDF, "report.pdf")
    assert client.get("/media/1/400/report.webp").status_code == 404


def test_while_another_is_made_the_original_stands_in(
    app: Flask, editor: FlaskClient, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = upload_one(editor, picture())
    monkeypatch.setattr(variants, "PATIENCE_SECONDS", 0.05)
    with take_turn(app.extensions["typecase.media"].lock, patience_seconds=1):
        served = fetch(client, "/media/1/400/harbour.webp")
        assert served.data == fetch(client, item["url"]).data
        assert (served.content_type, served.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert fetch(client, "/media/1/400/harbour.webp").content_type == "image/webp"


def test_a_file_that_is_lost_is_not_found(app: Flask, editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture())
    files = app.extensions["typecase.media"].files
    for one in list(files.list_stored()):
        files.delete(one.key)
    assert client.get(item["url"]).status_code == client.get(item["thumbnail"]).status_code == 404


def test_files_are_not_counted_as_views(app: Flask, editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture())
    journal = app.extensions["typecase.config"].journal_dir
    before = {path: path.stat().st_size for path in journal.rglob("*")} if journal.exists() else {}
    fetch(client, item["url"])
    fetch(client, item["thumbnail"])
    assert before == ({path: path.stat().st_size for path in journal.rglob("*")} if journal.exists() else {})


def sources_of(image: html.HtmlElement) -> list[str]:
    return [str(srcset) for srcset in image.xpath("ancestor::picture//source/@srcset")]


def test_the_page_offers_sizes(editor: FlaskClient, client: FlaskClient) -> None:
    upload_one(editor, picture((1000, 500)))
    upload_one(editor, moving(4, (50, 40)), "dance.gif")
    body = (
        '<figure class="size-wide"><img src="/media/1/harbour.jpg" alt="Boats"><figcaption>C</figcaption></figure>'
        '<p><img src="/media/2/dance.gif" alt="A dance" width="25"></p><p><img src="/media/9/none.jpg" alt="x"></p>'
        '<p><img src="https://example.org/media/1/harbour.jpg" alt="y"></p>'
    )
    number = write(editor, "Pictured", body)
    publish(editor, number)
    tree = page(client.get("/pictured"))
    wide, dance, unknown, foreign = tree.xpath("//*[contains(@class, 'e-content')]//img")
    assert (wide.get("width"), wide.get("height"), wide.get("alt")) == ("1000", "500", "Boats")
    sources = wide.xpath("ancestor::picture//source")
    assert [source.get("type") for source in sources] == ["image/avif", "image/webp"]
    for source in sources:
        offered = [candidate.split(" ") for candidate in source.get("srcset").split(", ")]
        assert [width for _, width in offered] == ["400w", "800w", "1000w"]
        assert source.get("sizes") == "(width < 64rem) 100vw, 60rem"
        for address, width in offered:
            with Image.open(BytesIO(fetch(client, address).data)) as image:
                assert f"{image.width}w" == width
    assert (dance.get("width"), dance.get("height"), sources_of(dance)) == ("25", "20", [])
    assert unknown.get("width") is None and sources_of(unknown) == []
    assert foreign.get("src") == "https://example.org/media/1/harbour.jpg" and sources_of(foreign) == []
    # What is edited stays as it was written.
    assert "srcset" not in editor.get(f"/admin/articles/{number}").text


def test_feeds_have_whole_addresses(editor: FlaskClient, client: FlaskClient) -> None:
    upload_one(editor, picture((1000, 500)))
    publish(
        editor,
        write(editor, "Pictured", '<p><img src="/media/1/harbour.jpg" alt=""></p>', cover_url="/media/1/harbour.jpg"),
    )
    for feed in ("/feed.xml", "/rss.xml", "/feed.json"):
        said = client.get(feed).text
        assert "http://localhost:8000/media/1/harbour.jpg" in said
        assert "http://localhost:8000/media/1/800/harbour.avif" in said
        assert '"/media/' not in said and "&#34;/media/" not in said and '\\"/media/' not in said


def test_render_all_makes_pages_anew(app: Flask, editor: FlaskClient, client: FlaskClient, session: object) -> None:
    """What was published before its picture was there."""
    publish(editor, write(editor, "Pictured", '<p><img src="/media/1/harbour.jpg" alt=""></p>'))
    upload_one(editor, picture((1000, 500)))
    assert "srcset" not in client.get("/pictured").text
    assert "1 pages rendered" in app.test_cli_runner().invoke(args=["articles", "render", "--all"]).output
    assert "srcset" in client.get("/pictured").text


def test_a_cover_of_the_library_has_its_sizes(editor: FlaskClient, client: FlaskClient) -> None:
    upload_one(editor, picture((1000, 500)))
    number = write(editor, "Covered", cover_url="/media/1/harbour.jpg", cover_alt="Boats")
    publish(editor, number)
    cover = page(client.get("/covered")).xpath("//figure[@class='cover']//img")[0]
    assert (cover.get("width"), cover.get("height")) == ("1000", "500")
    assert "/media/1/800/harbour.avif" in sources_of(cover)[0]
    upload(editor, (picture((400, 300)), "n.jpg"), url="/admin/media/1/replace")
    cover = page(client.get("/covered")).xpath("//figure[@class='cover']//img")[0]
    assert (cover.get("width"), cover.get("height")) == ("400", "300")
    preview = page(editor.get(f"/admin/articles/{number}/preview")).xpath("//figure[@class='cover']//img")[0]
    assert preview.get("width") == "400"
    post_form(editor, f"/admin/articles/{number}", {"cover_url": "https://example.org/c.jpg"})
    publish(editor, number)
    cover = page(client.get("/covered")).xpath("//figure[@class='cover']//img")[0]
    assert cover.get("src") == "https://example.org/c.jpg" and sources_of(cover) == []
