"""Tags: names on a line, renaming, merging, deleting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app import text
from app.accounts.models import Account
from app.articles import publishing, tagging, writing
from app.articles.models import SearchText
from app.articles.tagging import TagBlank, TagTaken, TagTooLong, format_names, parse_names
from app.articles.writing import Content


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("a, b ,c", ["a", "b", "c"]),
        (" , ,a,,a", ["a"]),
        ('"Washington, D.C.", b', ["Washington, D.C.", "b"]),
        ('say "hi", b', ['say "hi"', "b"]),
        ('"', ['"']),
        ('"quoted"', ['"quoted"']),
        ('"a, ""b"""', ['a, "b"']),
        ("tab\there", ["tab here"]),
        ("", []),
    ],
)
def test_names_on_a_line(typed: str, names: list[str]) -> None:
    assert parse_names(typed) == names


@given(st.lists(st.text(max_size=20).map(text.clean_line).filter(lambda name: not text.is_blank(name)), unique=True))
def test_what_is_written_is_read_back(names: list[str]) -> None:
    assert parse_names(format_names(names)) == names


def test_renaming_merging_deleting(session: Session, bob: Account) -> None:
    first = writing.create(session, Content(title="First", tags=["Pyhton", "web"]), by_id=bob.id)
    second = writing.create(session, Content(title="Second", tags=["Python", "Pyhton"]), by_id=bob.id)
    for article in (first, second):
        publishing.publish(session, article, by_id=bob.id)
    wrong, web = first.tags
    right = second.tags[0]
    with pytest.raises(TagTaken) as taken:
        tagging.rename_tag(session, wrong, name=" Python ")
    assert taken.value.holder is right
    with pytest.raises(TagBlank):
        tagging.rename_tag(session, wrong, name="\u200b")
    with pytest.raises(TagTooLong):
        tagging.rename_tag(session, wrong, name="x" * 301)
    tagging.merge_tags(session, wrong, into=right)
    assert [tag.name for tag in first.tags] == [tag.name for tag in first.draft.tags] == ["Python", "web"]
    assert [tag.name for tag in second.tags] == ["Python"]
    assert "python" in session.get_one(SearchText, first.id).folded
    tagging.rename_tag(session, web, name="The Web")
    assert web.slug == "web", "the address stays"
    assert "the web" in session.get_one(SearchText, first.id).folded
    counts = {count.tag.name: (count.live, count.drafts) for count in tagging.list_tags_with_counts(session)}
    assert counts == {"Python": (2, 2), "The Web": (1, 1)}
    tagging.delete_tag(session, right)
    session.commit()
    assert second.tags == second.draft.tags == []


@pytest.mark.parametrize("names", [['"'], ['""'], ['"quoted"'], ["'\"'"], ["a", 'b "c"']])
def test_a_line_has_no_more_quotes_than_it_takes(names: list[str]) -> None:
    assert format_names(names) == ", ".join(names)
