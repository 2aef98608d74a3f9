"""The list of articles: whose, which, in which order, page by page, and what an empty one says."""

from flask.testing import FlaskClient

from tests.admin.conftest import publish, write
from tests.forms import page, post_form, text_of


def titles(client: FlaskClient, url: str = "/admin/articles") -> list[str]:
    return [link.text_content().strip() for link in page(client.get(url)).xpath("//tbody//th//a")]


def test_search_filters_and_sorting(editor: FlaskClient) -> None:
    first = write(editor, "Apples", tags="fruit", authors="Ann Other")
    write(editor, "Bread", tags="grain")
    publish(editor, first)
    assert titles(editor) == ["Bread", "Apples"]
    assert titles(editor, "/admin/articles?q=apples") == ["Apples"]
    assert titles(editor, "/admin/articles?q=ANN") == ["Apples"]
    assert titles(editor, "/admin/articles?status=draft") == ["Bread"]
    assert titles(editor, "/admin/articles?status=published&sort=views") == ["Apples"]
    assert titles(editor, "/admin/articles?sort=title") == ["Apples", "Bread"]
    assert titles(editor, "/admin/articles?tag=2") == ["Bread"]
    byline = page(editor.get("/admin/articles")).xpath("//select[@name='author']/option[.='Ann Other']/@value")[0]
    assert titles(editor, f"/admin/articles?author={byline}") == ["Apples"]


def test_what_the_address_cannot_mean_is_passed_over(editor: FlaskClient) -> None:
    write(editor, "Apples")
    for query in (
        "status=odd",
        "sort=odd",
        "author=x",
        "tag=-1",
        "tag=99999999999999",
        "q=%00apples",
        "q=%F0%9F",
        "size=0",
    ):
        assert editor.get(f"/admin/articles?{query}").status_code == 200
    answer = editor.get("/admin/articles?after=nonsense&q=a")
    assert answer.status_code == 303 and answer.location == "/admin/articles?q=a"


def test_pages_by_key_there_and_back(editor: FlaskClient) -> None:
    for number in range(60):
        write(editor, f"Number {number:02}")
    seen, url = [], "/admin/articles?sort=title"
    while url:
        seen += titles(editor, url)
        found = page(editor.get(url)).xpath("//a[@rel='next']/@href")
        last, url = url, found[0] if found else ""
    assert seen == [f"Number {number:02}" for number in range(60)]
    back = page(editor.get(last)).xpath("//a[@rel='prev']/@href")[0]
    assert titles(editor, back) == seen[25:50]
    assert "sort=title" in back


def test_authors_see_their_own_only(editor: FlaskClient, author: FlaskClient) -> None:
    write(editor, "Theirs")
    assert "Write the first article" in text_of(author.get("/admin/articles"))
    write(author, "Mine")
    assert titles(author) == titles(author, "/admin/articles?author=1") == ["Mine"]
    assert not page(author.get("/admin/articles")).xpath("//select[@name='author']")
    assert set(titles(editor)) == {"Theirs", "Mine"}


def test_an_empty_list_says_what_to_do_next(editor: FlaskClient, author: FlaskClient) -> None:
    assert "press “Publish”" in text_of(editor.get("/admin/articles"))
    assert "an editor publishes it" in text_of(author.get("/admin/articles"))
    number = write(editor)
    assert "Nothing matches" in text_of(editor.get("/admin/articles?q=zebra"))
    assert "The trash is empty" in text_of(editor.get("/admin/articles?status=trashed"))
    post_form(editor, f"/admin/articles/{number}/trash")
    assert titles(editor) == [] and titles(editor, "/admin/articles?status=trashed") == ["A title"]


def test_a_row_says_status_authors_tags_and_views(editor: FlaskClient) -> None:
    number = write(editor, "Apples", tags="fruit, red", authors="Ann, Bea")
    publish(editor, number)
    post_form(editor, f"/admin/articles/{number}", {"title": "Pears"})
    row = " ".join(page(editor.get("/admin/articles")).xpath("//tbody/tr")[0].text_content().split())
    for words in ("Pears", "Published", "Changed since", "Ann, Bea", "fruit, red", " 0 "):
        assert words in row
