"""The library, as staff use it: uploading, finding, describing, replacing, deleting."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from PIL import Image

from app.accounts.models import Account
from tests.admin.conftest import publish, write
from tests.forms import field_errors, page, post_form, text_of, where_to
from tests.media.specimens import JSON, MP3, MP4, PDF, fetch, moving, picture, upload, upload_one

ClientOf = Callable[[Account], FlaskClient]


def test_a_picture_is_uploaded_and_shown(editor: FlaskClient, client: FlaskClient) -> None:
    answer = upload(editor, (picture((640, 480)), "Harbour at dawn.JPG"))
    assert answer.status_code == 303
    shown = editor.get(where_to(answer))
    assert "Uploaded." in text_of(shown)
    address = page(shown).xpath("//code[@class='media-address']")[0].text_content()
    assert address == "/media/1/harbour-at-dawn.jpg"
    served = client.get(address)
    assert served.status_code == 200 and served.content_type == "image/jpeg"
    assert Image.open(BytesIO(served.data)).size == (640, 480)


def test_a_script_gets_what_the_editor_needs(editor: FlaskClient) -> None:
    item = upload_one(editor, picture((640, 480)), "Harbour.jpg")
    assert item | {"bytes": 0, "thumbnail": ""} == {
        "id": 1, "url": "/media/1/harbour.jpg", "kind": "image", "name": "Harbour.jpg", "width": 640, "height": 480,
        "alt": "", "caption": "", "credit": "", "thumbnail": "", "bytes": 0, "was_known": False,
    }  # fmt: skip
    thumbnail = editor.get(item["thumbnail"])
    assert Image.open(BytesIO(thumbnail.data)).size == (400, 400)
    assert editor.get("/admin/media/1", headers=JSON).get_json()["url"] == item["url"]


def test_documents_sound_and_film_are_kept_as_they_are(editor: FlaskClient, client: FlaskClient) -> None:
    for content, name, kind, mime in (
        (PDF, "report.pdf", "document", "application/pdf"),
        (MP3, "talk", "audio", "audio/mpeg"),
        (MP4, "film.mov", "video", "video/mp4"),
    ):
        item = upload_one(editor, content, name)
        assert (item["kind"], item["width"], item["thumbnail"]) == (kind, None, "")
        served = client.get(item["url"])
        assert (served.data, served.content_type) == (content, mime)
        manner = "attachment" if kind == "document" else "inline"
        assert served.headers["Content-Disposition"].startswith(manner)
        assert editor.get(f"/admin/media/{item['id']}").status_code == 200


def test_the_same_file_is_recognised(editor: FlaskClient, author: FlaskClient) -> None:
    first = upload_one(editor, picture(), "one.jpg")
    again = upload_one(author, picture(), "two.jpg")
    assert again == first | {"was_known": True}
    # The same pixels with other metadata are the same picture, too.
    tagged = picture(comment=b"taken at home")
    assert upload_one(editor, tagged, "three.jpg")["id"] == first["id"]
    answer = upload(editor, (picture(), "four.jpg"))
    assert "had this file already" in text_of(editor.get(where_to(answer)))


def test_several_files_at_once_and_each_refusal_by_name(editor: FlaskClient) -> None:
    answer = upload(editor, (picture(), "a.jpg"), (b"<svg xmlns='x'/>", "b.svg"), (b"hello", "c.txt"), (PDF, "d.pdf"))
    assert answer.status_code == 200
    said = text_of(answer)
    assert "b.svg: SVG drawings are not taken" in said and "c.txt: This is none of the files" in said
    assert [card.text_content().strip() for card in page(answer).xpath("//*[@class='media-name']")] == [
        "a.jpg",
        "d.pdf",
    ]
    alone = upload(editor, (b"hello", "c.txt"))
    assert alone.status_code == 422 and "This file was not taken" in text_of(alone)
    by_script = upload(editor, (b"hello", "c.txt"), **JSON)
    assert by_script.status_code == 422
    assert by_script.get_json()["error"] == "unknown-kind" and "none of the files" in by_script.get_json()["sentence"]


def test_nothing_chosen_says_what_to_do(editor: FlaskClient) -> None:
    answer = upload(editor, (b"", ""))
    assert answer.status_code == 422 and "Choose one, then press" in text_of(answer)


def test_the_library_is_searched_and_filtered(editor: FlaskClient) -> None:
    for number, colour in enumerate(("red", "green", "blue")):
        upload_one(editor, picture(colour=colour), f"{colour} {number}.jpg")
    upload_one(editor, PDF, "report.pdf")
    post_form(editor, "/admin/media/2", {"alt": "Ein grüner Kreis", "credit": "Bob"})
    article = write(editor, body='<p><img src="/media/1/red-0.jpg" alt=""></p>')

    def found(query: str) -> list[int]:
        answer = editor.get(f"/admin/media?{query}", headers=JSON).get_json()
        names = [item["id"] for item in answer["items"]]
        grid = page(editor.get(f"/admin/media?{query}")).xpath("//ul[@class='media-grid']//a/@href")
        assert [int(link.rpartition("/")[2]) for link in grid] == names
        return names

    assert found("") == [4, 3, 2, 1]
    assert found("q=GRÜNER+kreis") == [2]
    assert found("kind=image") == [3, 2, 1] and found("kind=document") == [4] and found("kind=nonsense") == [4, 3, 2, 1]
    assert found("unused=1") == [4, 3, 2]
    assert found("q=blue&kind=image") == [3] and found("q=no+such") == []
    assert article


def test_the_library_goes_on_page_by_page(editor: FlaskClient, session: object) -> None:
    from tests.media.specimens import add_media

    for number in range(45):
        add_media(session, title=f"{number}.jpg")  # type: ignore[arg-type]
    session.commit()  # type: ignore[attr-defined]
    first = editor.get("/admin/media", headers=JSON).get_json()
    rest = editor.get(f"/admin/media?after={first['next']}", headers=JSON).get_json()
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [40, 5, None]
    link = page(editor.get("/admin/media")).xpath("//a[@rel='next']/@href")[0]
    assert len(page(editor.get(link)).xpath("//*[@class='media-card']")) == 5


def test_what_is_said_about_a_file_is_kept(editor: FlaskClient) -> None:
    upload_one(editor, picture())
    said = {"title": "Harbour", "alt": "Boats", "caption": "At\r\ndawn", "credit": "Alice, CC BY", "focus_x": "20"}
    assert post_form(editor, "/admin/media/1", said).status_code == 303
    item = editor.get("/admin/media/1", headers=JSON).get_json()
    assert [item[name] for name in ("name", "alt", "caption", "credit")] == [
        "Harbour", "Boats", "At\ndawn", "Alice, CC BY",
    ]  # fmt: skip
    # What is not sent stays.
    assert post_form(editor, "/admin/media/1", {"alt": "Two boats"}).status_code == 303
    item = editor.get("/admin/media/1", headers=JSON).get_json()
    assert (item["alt"], item["credit"]) == ("Two boats", "Alice, CC BY")


@pytest.mark.parametrize(
    ("field", "typed"),
    [("focus_x", "101"), ("focus_y", "-1"), ("focus_x", "left"), ("alt", "x" * 501), ("credit", "x" * 301)],
)
def test_what_cannot_be_kept_is_refused_at_its_field(editor: FlaskClient, field: str, typed: str) -> None:
    upload_one(editor, picture())
    answer = post_form(editor, "/admin/media/1", {field: typed})
    assert answer.status_code == 422 and field in field_errors(answer)


def test_the_focal_point_decides_what_a_thumbnail_shows(editor: FlaskClient) -> None:
    wide = Image.new("RGB", (900, 300), "black")
    wide.paste((255, 255, 255), (600, 0, 900, 300))
    held = BytesIO()
    wide.save(held, "PNG")
    before = upload_one(editor, held.getvalue(), "wide.png")["thumbnail"]
    assert Image.open(BytesIO(editor.get(before).data)).convert("L").getpixel((150, 150)) == 0
    post_form(editor, "/admin/media/1", {"focus_x": "100"})
    after = editor.get("/admin/media/1", headers=JSON).get_json()["thumbnail"]
    assert after != before, "the old one may be kept for ever"
    assert Image.open(BytesIO(editor.get(after).data)).convert("L").getpixel((150, 150)) > 250


def test_where_a_file_is_used_is_told(editor: FlaskClient) -> None:
    upload_one(editor, picture())
    number = write(editor, "With a picture", '<p><img src="/media/1/harbour.jpg" alt=""></p>')
    write(editor, "With a cover", cover_url="/media/1/harbour.jpg")
    publish(editor, number)
    said = text_of(editor.get("/admin/media/1"))
    assert "With a picture text of the working copy, published text" in said
    assert "With a cover cover of the working copy" in said
    post_form(editor, f"/admin/articles/{number}", {"body": "<p>None.</p>"})
    assert "With a picture published text" in text_of(editor.get("/admin/media/1"))
    publish(editor, number)
    assert "With a picture" not in text_of(editor.get("/admin/media/1"))


def test_what_is_in_use_cannot_be_deleted(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture())
    number = write(editor, "With a picture", body='![Boats](/media/1/harbour.jpg "t")', body_format="markdown")
    assert "It is in use" in text_of(editor.get("/admin/media/1/delete"))
    refused = post_form(editor, "/admin/media/1/delete")
    assert refused.status_code == 409 and "With a picture" in text_of(refused)
    assert fetch(client, item["url"]).status_code == 200
    post_form(editor, f"/admin/articles/{number}", {"body": "None."})
    assert post_form(editor, "/admin/media/1/delete").status_code == 303
    assert client.get(item["url"]).status_code == 404
    # Its number is not given again.
    assert upload_one(editor, picture())["id"] == 2


def test_an_article_that_is_deleted_uses_nothing_any_more(editor: FlaskClient) -> None:
    upload_one(editor, picture())
    number = write(editor, "T", '<img src="/media/1/harbour.jpg" alt="">')
    post_form(editor, f"/admin/articles/{number}/trash")
    assert post_form(editor, "/admin/media/1/delete").status_code == 409, "it can be brought back from the trash"
    post_form(editor, f"/admin/articles/{number}/delete")
    assert post_form(editor, "/admin/media/1/delete").status_code == 303


def test_replacing_keeps_the_address_and_changes_what_readers_get(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, picture((800, 600)))
    number = write(editor, "Pictured", '<p><img src="/media/1/harbour.jpg" alt="Boats"></p>')
    publish(editor, number)
    before, file = client.get("/pictured"), fetch(client, item["url"])
    assert 'height="600"' in before.text
    answer = upload(editor, (picture((400, 500), "PNG"), "new.png"), url="/admin/media/1/replace")
    assert answer.status_code == 303, answer.text
    after, new = client.get("/pictured"), fetch(client, item["url"])
    assert 'width="400" height="500"' in after.text, "the kept page is not shown any more"
    assert new.content_type == "image/png" and Image.open(BytesIO(new.data)).size == (400, 500)
    assert new.headers["ETag"] != file.headers["ETag"]
    old_sources = page(before).xpath("//source/@srcset")[0]
    assert old_sources not in after.text
    changed = editor.get("/admin/media/1", headers=JSON).get_json()
    assert (changed["url"], changed["width"]) == (item["url"], 400)


def test_only_the_same_kind_takes_a_file_s_place(editor: FlaskClient, client: FlaskClient) -> None:
    item = upload_one(editor, PDF, "report.pdf")
    upload_one(editor, moving(), "moving.gif")
    for content, reason in ((picture(), "Only a PDF"), (moving(), "already has this file, as “moving.gif”")):
        refused = upload(editor, (content, "x"), url=f"/admin/media/{item['id']}/replace")
        assert refused.status_code == 422 and reason in text_of(refused)
    assert client.get(item["url"]).data == PDF


def test_authors_change_and_delete_only_what_they_uploaded(editor: FlaskClient, author: FlaskClient) -> None:
    upload_one(editor, picture(), "theirs.jpg")
    upload_one(author, picture(colour="red"), "mine.jpg")
    for number, status in ((1, 403), (2, 303)):
        assert post_form(author, f"/admin/media/{number}", {"alt": "Mine"}).status_code == status
        new = picture(colour="blue" if number == 1 else "pink")
        assert upload(author, (new, "new.jpg"), url=f"/admin/media/{number}/replace").status_code == status
        assert post_form(author, f"/admin/media/{number}/delete").status_code == status
    assert author.get("/admin/media/1").status_code == 200
    assert not page(author.get("/admin/media/1")).xpath("//form[contains(@action, '/admin/media')]")
    assert post_form(editor, "/admin/media/1/delete").status_code == 303


def test_an_empty_library_says_what_to_do_next(author: FlaskClient) -> None:
    assert "Choose files above and press" in text_of(author.get("/admin/media"))
