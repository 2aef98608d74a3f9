"""Writing an article in the form: what is saved, what is refused, and that nothing typed is ever lost."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.articles.models import Article
from app.articles.rendering import MAX_BODY
from tests.admin.conftest import publish, write
from tests.conftest import make_account
from tests.forms import field_errors, page, post_form, text_of, typed_fields, where_to

Look = Callable[[int], Article]


def test_the_whole_life_of_an_article(editor: FlaskClient, client: FlaskClient, look: Look) -> None:
    number = write(editor, "First light", "<p>It begins.</p>", tags="dawn, sky", authors="Jhon Lennon")
    url = f"/admin/articles/{number}"
    assert client.get("/first-light").status_code == 404

    assert where_to(post_form(editor, f"{url}/publish")) == f"{url}?done=published"
    shown = client.get("/first-light")
    assert shown.status_code == 200 and "It begins." in shown.text and "Jhon Lennon" in shown.text

    saved = post_form(editor, url, {"body": "<p>It goes on.</p>", "version": "1"})
    assert where_to(saved) == f"{url}?done=saved-changes"
    assert "It begins." in client.get("/first-light").text, "readers see the published text until it is published"
    publish(editor, number)
    assert "It goes on." in client.get("/first-light").text

    assert post_form(editor, f"{url}/withdraw").status_code == 303
    assert client.get("/first-light").status_code == 410
    publish(editor, number)
    assert client.get("/first-light").status_code == 200

    assert where_to(post_form(editor, f"{url}/trash")) == "/admin/articles?done=trashed"
    assert client.get("/first-light").status_code == 410
    assert post_form(editor, f"{url}/restore").status_code == 303
    assert client.get("/first-light").status_code == 200

    post_form(editor, f"{url}/trash")
    assert "cannot be undone" in text_of(editor.get(f"{url}/delete"))
    assert where_to(post_form(editor, f"{url}/delete")) == "/admin/articles?status=trashed&done=deleted"
    assert editor.get(url).status_code == 404
    assert client.get("/first-light").status_code == 410


def test_creating_answers_with_the_form_of_the_new_draft(editor: FlaskClient, look: Look) -> None:
    number = write(editor, "Über Äpfel", excerpt="Short.", language="de", tags='fruit, "red, green"')
    draft = look(number).draft
    assert (draft.title, draft.slug, draft.excerpt, draft.language) == ("Über Äpfel", "uber-apfel", "Short.", "de")
    assert [tag.name for tag in draft.tags] == ["fruit", "red, green"]
    assert [person.name for person in draft.authors] == ["Bob"]
    fields = typed_fields(editor.get(f"/admin/articles/{number}"))
    assert fields["title"] == "Über Äpfel" and fields["tags"] == 'fruit, "red, green"' and fields["version"] == "1"


def test_absent_fields_keep_their_value_and_unknown_ones_are_ignored(editor: FlaskClient, look: Look) -> None:
    number = write(editor, excerpt="Kept.", tags="kept", is_featured="1", body_format="markdown", body="*kept*")
    assert post_form(editor, f"/admin/articles/{number}", {"title": "New", "colour": "red"}).status_code == 303
    draft = look(number).draft
    assert (draft.title, draft.excerpt, draft.is_featured, draft.body) == ("New", "Kept.", True, "*kept*")
    assert draft.body_format == "markdown" and [tag.name for tag in draft.tags] == ["kept"]


def test_the_forms_empty_checkbox_takes_the_feature_away(editor: FlaskClient, look: Look) -> None:
    number = write(editor, is_featured="1")
    fields = typed_fields(editor.get(f"/admin/articles/{number}"))
    post_form(editor, f"/admin/articles/{number}", {"is_featured": "", "version": fields["version"]})
    assert look(number).draft.is_featured is False


@pytest.mark.parametrize("name", ["id", "status", "views", "published_at", "owner_id", "role"])
def test_fields_that_the_software_keeps_are_refused(editor: FlaskClient, look: Look, name: str) -> None:
    number = write(editor)
    answer = post_form(editor, f"/admin/articles/{number}", {name: "5", "title": "Typed title"})
    assert answer.status_code == 422
    assert f"“{name}” cannot be set here" in text_of(answer)
    assert typed_fields(answer)["title"] == "Typed title"
    assert look(number).draft.title == "A title"


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("title", "   ", "needs a title"),
        ("title", "\u200b\u2060", "title that can be seen"),
        ("title", "x" * 301, "At most 300 characters"),
        ("body_format", "word", "html or markdown"),
        ("language", "not a language", "like en"),
        ("cover_url", "javascript:alert(1)", "whole address"),
        ("cover_url", "//elsewhere.example/x.jpg", "whole address"),
        ("canonical_url", "/path", "whole address"),
        ("canonical_url", "https://[oops", "whole address"),
        ("slug", "Not/a slug", "letters and digits"),
        ("slug", "admin", "belongs to the site itself"),
        ("authors", " , ", "needs an author"),
        ("tags", "y" * 301, "300 characters"),
        ("version", "one", "whole number"),
    ],
)
def test_a_field_that_cannot_be_taken_says_why_and_loses_nothing(
    editor: FlaskClient, look: Look, field: str, value: str, says: str
) -> None:
    number = write(editor)
    typed = {"title": "A new title", "body": "<p>Much typing.</p>", "tags": "one"} | {field: value}
    answer = post_form(editor, f"/admin/articles/{number}", typed)
    assert answer.status_code == 422
    assert says in text_of(answer)
    if field != "version":
        assert says in field_errors(answer)[field]
    kept = typed_fields(answer)
    assert kept["body"].strip() == "<p>Much typing.</p>"
    assert kept[field].strip() == value.strip() or field == "body_format"
    assert look(number).draft.title == "A title"
    assert page(answer).xpath("//*[@role='alert'][@autofocus]"), "the summary takes the focus"


def test_a_new_article_is_refused_in_the_same_way(editor: FlaskClient) -> None:
    answer = post_form(editor, "/admin/articles", {"title": "", "body": "<p>Typed.</p>", "tags": "a"})
    assert answer.status_code == 422
    assert "needs a title" in field_errors(answer)["title"]
    assert typed_fields(answer)["body"].strip() == "<p>Typed.</p>"


def test_a_taken_address_is_told_apart_from_a_former_one(editor: FlaskClient, client: FlaskClient, look: Look) -> None:
    first, second = write(editor, "First"), write(editor, "Second")
    publish(editor, first)
    taken = post_form(editor, f"/admin/articles/{second}", {"slug": "first"})
    assert taken.status_code == 422 and "taken" in field_errors(taken)["slug"]
    assert "take_over" not in typed_fields(taken) and not page(taken).xpath("//input[@name='take_over']")

    post_form(editor, f"/admin/articles/{first}", {"slug": "moved"})
    publish(editor, first)
    moved = client.get("/first")
    assert moved.status_code == 301 and moved.location.endswith("/moved")

    former = post_form(editor, f"/admin/articles/{second}", {"slug": "first"})
    assert former.status_code == 422 and page(former).xpath("//input[@name='take_over']")
    assert post_form(editor, f"/admin/articles/{second}", {"slug": "first", "take_over": "y"}).status_code == 303
    assert look(second).draft.slug == "first"


def test_every_rename_leaves_a_redirect(editor: FlaskClient, client: FlaskClient) -> None:
    number = write(editor, "One")
    publish(editor, number)
    for slug in ("two", "three", "четыре"):
        post_form(editor, f"/admin/articles/{number}", {"slug": slug})
        publish(editor, number)
    assert client.get("/четыре").status_code == 200
    for former in ("one", "two", "three"):
        answer = client.get(f"/{former}")
        assert answer.status_code == 301
        assert client.get(answer.location).status_code == 200


def test_the_second_of_two_savers_gets_both_texts(
    editor: FlaskClient, alice: Account, client_of: Callable[[Account], FlaskClient], look: Look
) -> None:
    number = write(editor, "Shared", "<p>Same start.</p><p>Old.</p>")
    url = f"/admin/articles/{number}"
    assert post_form(
        client_of(alice), url, {"body": "<p>Same start.</p><p>Hers.</p>", "version": "1"}
    ).status_code == 303  # fmt: skip
    answer = post_form(editor, url, {"title": "Mine", "body": "<p>Same start.</p><p>Mine.</p>", "version": "1"})
    assert answer.status_code == 409
    assert "Alice saved this article while you were writing" in text_of(answer)
    compared = page(answer).find_class("compared")[0]
    told = [(element.tag, element.text_content()) for element in compared.iter("ins", "del")]
    assert [tag for tag, _ in told] == ["del", "ins"] and "Hers" in told[0][1] and "Mine" in told[1][1]
    fields = typed_fields(answer)
    assert fields["body"].strip() == "<p>Same start.</p><p>Mine.</p>" and fields["title"] == "Mine"
    assert fields["version"] == "2"
    assert look(number).draft.body == "<p>Same start.</p><p>Hers.</p>"

    kept = editor.get(page(answer).xpath("//a[contains(., 'kept as a version')]/@href")[0])
    assert "<p>Mine.</p>" in page(kept).get_element_by_id("revision-body").text

    again = {name: fields[name] for name in ("title", "body", "version", "authors", "tags", "slug", "excerpt")}
    assert post_form(editor, url, again).status_code == 303
    assert look(number).draft.body.strip() == "<p>Same start.</p><p>Mine.</p>"


@pytest.mark.parametrize("takes_theirs", [False, True])
def test_one_press_settles_a_conflict_and_keeps_what_only_one_changed(
    editor: FlaskClient, alice: Account, client_of: Callable[[Account], FlaskClient], look: Look, takes_theirs: bool
) -> None:
    number = write(editor, "Shared", "<p>One.</p><p>Both.</p><p>Three.</p>")
    url = f"/admin/articles/{number}"
    hers = {"title": "Hers", "tags": "salt", "body": "<p>One, hers.</p><p>Both, hers.</p><p>Three.</p>", "version": "1"}
    post_form(client_of(alice), url, hers)
    mine = {"title": "Mine", "excerpt": "E", "body": "<p>One.</p><p>Both, mine.</p><p>Three, mine.</p>", "version": "1"}
    answer = post_form(editor, url, mine)
    fields = typed_fields(answer)
    assert fields["body"].strip() == "<p>One, hers.</p><p>Both, mine.</p><p>Three, mine.</p>"
    assert (fields["title"], fields["tags"], fields["excerpt"]) == ("Mine", "salt", "E")
    again = {name: fields[name] for name in ("title", "body", "version", "authors", "tags", "slug", "excerpt")}
    if takes_theirs:
        again["take_theirs"] = page(answer).xpath("//button[@name='take_theirs']/@value")[0]
        again["body"] = again["body"].replace("One, hers.", "One, hers and mine.")
    assert post_form(editor, url, again).status_code == 303
    draft = look(number).draft
    who, first = ("hers", "One, hers and mine.") if takes_theirs else ("mine", "One, hers.")
    assert draft.body.strip() == f"<p>{first}</p><p>Both, {who}.</p><p>Three, mine.</p>"
    assert (draft.title, draft.excerpt, [tag.name for tag in draft.tags]) == (who.title(), "E", ["salt"])
    assert post_form(editor, url, {"take_theirs": "999-1"}).location.endswith("conflict-gone")
    assert look(number).draft.version == draft.version


def test_an_expired_form_comes_back_filled_in_with_a_new_token(editor: FlaskClient, look: Look) -> None:
    number = write(editor)
    url = f"/admin/articles/{number}"
    for target in (url, f"{url}/publish", f"{url}/withdraw", f"{url}/trash", f"{url}/duplicate", f"{url}/preview"):
        answer = editor.post(target, data={"csrf_token": "old", "title": "Typed", "body": "<p>Long.</p>"})
        assert answer.status_code == 400
        fields = typed_fields(answer)
        assert fields["title"] == "Typed" and fields["body"].strip() == "<p>Long.</p>"
        assert "Nothing is lost" in text_of(answer)
    assert look(number).draft.version == 1
    token = page(answer).xpath("//form[contains(@class, 'desk-form')]//input[@name='csrf_token']/@value")[0]
    sent = editor.post(url, data={"csrf_token": token, "title": "Typed"})
    assert sent.status_code == 303


def test_a_body_over_the_limit_stays_in_the_form(editor: FlaskClient, look: Look) -> None:
    number = write(editor)
    typed = "x" * (MAX_BODY + 1)
    answer = post_form(editor, f"/admin/articles/{number}", {"body": typed})
    assert answer.status_code == 422
    assert "At most 1,000,000 characters" in field_errors(answer)["body"]
    assert len(typed_fields(answer)["body"].strip()) == len(typed)


def test_more_than_the_site_takes_at_once_gets_the_page_for_that(editor: FlaskClient, app: Flask) -> None:
    number = write(editor)
    answer = post_form(editor, f"/admin/articles/{number}", {"body": "x" * (app.config["MAX_CONTENT_LENGTH"] + 1)})
    assert answer.status_code == 413
    assert "Your browser still has it" in text_of(answer)


def test_lists_a_hundred_deep_are_refused_at_the_body(editor: FlaskClient) -> None:
    number = write(editor)
    answer = post_form(editor, f"/admin/articles/{number}", {"body": "<ul><li>" * 200 + "deep"})
    assert answer.status_code == 422 and "100 elements" in field_errors(answer)["body"]


def test_a_body_too_intricate_to_read_is_refused_and_stays_in_the_form(editor: FlaskClient) -> None:
    number = write(editor, body_format="markdown")
    typed = "![" * 20_000
    answer = post_form(editor, f"/admin/articles/{number}", {"body": typed})
    assert answer.status_code == 422 and "too much formatting" in field_errors(answer)["body"]
    assert typed_fields(answer)["body"].strip() == typed


def test_what_cleaning_took_out_is_named_and_kept(editor: FlaskClient) -> None:
    number = write(editor, body="<p onclick='x()'>Hi <script>alert(1)</script></p>")
    shown = editor.get(f"/admin/articles/{number}")
    notice = page(shown).get_element_by_id("body-removed")
    assert "script" in notice.text_content() and "onclick" in notice.text_content()
    assert "body-removed" in page(shown).get_element_by_id("body").get("aria-describedby")
    kept = editor.get(notice.xpath(".//a/@href")[0])
    assert "alert(1)" in page(kept).get_element_by_id("revision-typed").text


def test_an_unknown_author_becomes_a_byline_and_the_page_says_so(editor: FlaskClient, look: Look) -> None:
    answer = post_form(editor, "/admin/articles", {"title": "T", "authors": "Bob, Somebody New"})
    shown = editor.get(where_to(answer))
    assert "Somebody New: nobody here had this name" in text_of(shown)
    number = int(where_to(answer).split("?")[0].rsplit("/", 1)[1])
    assert [(person.name, person.can_sign_in) for person in look(number).draft.authors][1] == ("Somebody New", False)


def test_an_author_writes_but_does_not_choose_who_it_is_by(author: FlaskClient, look: Look) -> None:
    number = write(author, "Mine")
    url = f"/admin/articles/{number}"
    shown = author.get(url)
    assert page(shown).get_element_by_id("authors").get("readonly") is not None
    assert "Publish" not in [button.text_content() for button in page(shown).xpath("//button")]
    assert post_form(author, url, {"title": "Still mine", "authors": "Charlie"}).status_code == 303
    answer = post_form(author, url, {"title": "Not", "authors": "Alice"})
    assert answer.status_code == 422 and "Only editors" in field_errors(answer)["authors"]
    assert typed_fields(answer)["authors"] == "Alice"
    assert [person.name for person in look(number).draft.authors] == ["Charlie"]
    new = post_form(author, "/admin/articles", {"title": "New", "authors": "Alice"})
    assert new.status_code == 422 and "Only editors" in field_errors(new)["authors"]


def test_a_namesake_does_not_become_the_author(
    session: Session, client_of: Callable[[Account], FlaskClient], look: Look
) -> None:
    make_account(session, "Charlie", "author")
    second = Account(email="other@example.org", name="Charlie", slug="charlie-2", role="author")
    session.add(second)
    session.commit()
    number = write(client_of(second), "By me", authors="Charlie")
    assert look(number).owner_ids == {second.id}


def test_duplicating_saves_the_typed_text_and_copies_it(editor: FlaskClient, look: Look) -> None:
    number = write(editor, "Model", tags="a")
    answer = post_form(editor, f"/admin/articles/{number}/duplicate", {"body": "<p>Newer.</p>", "version": "1"})
    copy = int(where_to(answer).split("?")[0].rsplit("/", 1)[1])
    assert look(number).draft.body == "<p>Newer.</p>"
    assert look(copy).draft.body == "<p>Newer.</p>" and look(copy).draft.slug != "model"
    assert [tag.name for tag in look(copy).draft.tags] == ["a"]


HOSTILE = '</textarea></title><script>alert(1)</script>" onfocus="alert(2)" autofocus x=\'{{ 7*7 }}'


def test_hostile_text_stays_text_in_the_form_and_the_lists(editor: FlaskClient) -> None:
    number = write(editor, HOSTILE, HOSTILE, body_format="markdown", excerpt=HOSTILE, tags=HOSTILE, authors=HOSTILE)
    for url in (
        f"/admin/articles/{number}",
        "/admin/articles",
        "/admin/tags",
        "/admin/tags/1",
        f"/admin/articles/{number}/revisions",
        f"/admin/articles/{number}/revisions/1",
    ):
        shown = page(editor.get(url))
        assert not shown.xpath("//script[not(@src)]"), url
        assert not shown.xpath("//@onfocus"), url
        assert "49" not in shown.xpath("//title")[0].text_content()
    fields = typed_fields(editor.get(f"/admin/articles/{number}"))
    assert (
        fields["title"].strip() == HOSTILE
        and fields["body"].strip() == HOSTILE
        and fields["excerpt"].strip() == HOSTILE
    )
    refused = page(post_form(editor, f"/admin/articles/{number}", {"title": "", "slug": HOSTILE, "language": HOSTILE}))
    assert not refused.xpath("//script[not(@src)]") and not refused.xpath("//@onfocus")


def test_creating_leads_to_the_form_s_own_address_and_says_so_once(editor: FlaskClient) -> None:
    answer = post_form(editor, "/admin/articles", {"title": "New", "authors": "Nobody Yet"})
    number = answer.location.removeprefix("/admin/articles/")
    assert (answer.status_code, number.isdigit()) == (303, True)
    first = text_of(editor.get(answer.location))
    assert "The draft is saved." in first and "Nobody Yet: nobody here had this name" in first
    assert "The draft is saved." not in text_of(editor.get(answer.location))


def test_the_number_of_views_is_hidden_and_shown_by_the_form(
    editor: FlaskClient, client: FlaskClient, look: Look
) -> None:
    number = write(editor, "A")
    publish(editor, number)
    url = f"/admin/articles/{number}"
    assert typed_fields(editor.get(url))["shows_pageviews"] == ""
    assert page(editor.get(url)).xpath("boolean(//input[@name='shows_pageviews'][@checked])")
    assert post_form(editor, url, {"shows_pageviews": ""}).status_code == 303
    assert not look(number).shows_pageviews
    assert "pageviews" not in client.get("/a").text, "without publishing"
    post_form(editor, url, {"title": "A"})
    publish(editor, number)
    assert not look(number).shows_pageviews, "a form without the field changes nothing"
    assert not page(editor.get(url)).xpath("//input[@name='shows_pageviews'][@checked]")
    post_form(editor, f"{url}/duplicate")
    assert not look(number + 1).shows_pageviews
    assert post_form(editor, url, {"shows_pageviews": ["", "1"]}).status_code == 303
    assert look(number).shows_pageviews
    assert look(number).draft.version == 1


def test_a_new_article_can_hide_its_number(editor: FlaskClient, look: Look) -> None:
    assert look(write(editor, "A")).shows_pageviews
    assert not look(write(editor, "B", shows_pageviews="")).shows_pageviews


def test_who_does_not_publish_does_not_choose_whether_readers_see_the_number(author: FlaskClient, look: Look) -> None:
    number = write(author, "Mine")
    url = f"/admin/articles/{number}"
    assert not page(author.get(url)).xpath("//input[@name='shows_pageviews']")
    answer = post_form(author, url, {"title": "Changed", "shows_pageviews": ""})
    assert answer.status_code == 422
    assert "Only editors choose" in text_of(answer)
    assert look(number).shows_pageviews
    assert look(number).draft.title == "Mine"
    assert post_form(author, url, {"title": "Changed", "shows_pageviews": "1"}).status_code == 303
