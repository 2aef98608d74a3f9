"""One file read as a post, in the conventions of Jekyll, Hugo, Zola and Eleventy."""

import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.frontmatter import Broken
from app.imports.markdown import NotAPost, Post, read_post

ZONE = ZoneInfo("America/New_York")


def post(source: str, path: str = "blog/a-post.md", **options: bool) -> Post:
    return read_post(source, path=path, zone=ZONE, **options)


def day(found: Post) -> str | None:
    return found.published_at.isoformat() if found.published_at else None


def test_a_jekyll_post():
    found = post(
        '---\nlayout: post\ntitle: "Jekyll 3.7.2"\ndate: 2018-01-25 22:22:22 +0530\nauthor: ann\ncategory: news desk\n'
        "tags: one two\nredirect_from: /old/\nviews: 1,234\n---\n\nText",
        "docs/_posts/2018-01-25-jekyll-3-7-2.markdown",
    )
    assert (found.title, found.slug, day(found)) == ("Jekyll 3.7.2", "jekyll-3-7-2", "2018-01-25T22:22:22+05:30")
    assert (found.authors, found.tags, found.views) == (("ann",), ("one", "two", "news desk"), 1234)
    assert found.addresses == ("old", "2018/01/25/jekyll-3-7-2", "2018/01/25/jekyll-3-7-2.html")
    assert (found.body, found.is_draft, found.notes) == ("Text", False, ())


def test_a_hugo_bundle():
    found = post(
        "---\ntitle: Bundle\ndate: 2022-08-24\nlastmod: 2022-09-01\nexpiryDate: 2030-01-01\n"
        "author: '[Jack Berg](https://x.example) (Firm) and [Ann Lee](https://y.example)'\ndraft: false\n"
        "aliases: [/a/b, 'https://old.example/c.html']\ncanonical_url: https://x.example/y\nfeatured: true\n"
        "cover: {image: cover.png, alt: A cover}\n---\n![](a.png) ![](https://x.example/b.png)",
        "content/fr/blog/bundle/index.fr.md",
    )
    assert (found.slug, found.language, found.authors) == ("bundle", "fr", ("Jack Berg", "Ann Lee"))
    assert (day(found), found.is_featured) == ("2022-08-24T00:00:00-04:00", True)
    assert found.updated_at and found.updated_at.day == 1
    assert found.withdraw_at and found.withdraw_at.year == 2030
    assert found.addresses == ("a/b", "c.html")
    assert (found.cover_url, found.cover_alt, found.canonical_url) == ("cover.png", "A cover", "https://x.example/y")
    assert found.images == ("a.png", "cover.png")


def test_a_zola_post_is_dated_by_its_path():
    found = post(
        '+++\npath = "inside/2020/07/06/Up-1.22.0"\ntitle = "Up"\nauthors = ["Ann Lee, Bo Li, and Cy"]\n'
        'aliases = ["inside/2020/07/06/Up-1.22.0.html", "releases/1.22.0"]\n[taxonomies]\ntags = ["x"]\n+++\nText',
        "content/inside/Up-1.22.0.md",
    )
    assert (day(found), found.slug, found.tags) == ("2020-07-06T00:00:00-04:00", "Up-1.22.0", ("x",))
    assert found.authors == ("Ann Lee", "Bo Li", "Cy")
    assert found.addresses == (
        "inside/2020/07/06/Up-1.22.0",
        "inside/2020/07/06/Up-1.22.0.html",
        "releases/1.22.0",
    )


def test_an_eleventy_post_with_a_permalink():
    found = post(
        "---\ntitle: A &ldquo;door&rdquo; <em>and</em> more\nexcerpt: See <a href='x'>this</a> and [that](y) *now*\n"
        "permalink: /2015/05/21/tockingtime/\nauthors:\n- name: Ann\n  url: x\n- ann\nimage:\nlocale: es-PR\n---\nText",
        "content/posts/2015-05-20-tock.md",
    )
    assert (found.title, found.excerpt) == ("A “door” and more", "See this and that now")
    assert (found.slug, found.addresses) == ("tockingtime", ("2015/05/21/tockingtime",))
    assert (day(found), found.authors, found.language) == ("2015-05-20T00:00:00-04:00", ("Ann",), "es-PR")


def test_a_file_with_redirect_alone_is_a_redirect():
    found = post("---\nredirect: /blog/1year\n---\n", "blog/year.md")
    assert (found.redirect, found.slug) == ("/blog/1year", "year")
    with pytest.raises(NotAPost, match="redirect"):
        post("---\nredirect: 'javascript:alert(1)'\n---\n")


def test_a_post_without_any_date_is_a_reported_draft():
    found = post("---\ntitle: A\ndate: someday\n---\nText")
    assert found.is_draft
    assert any("someday" in note for note in found.notes)
    assert any("stays a draft" in note for note in found.notes)


@pytest.mark.parametrize("flag", ["draft: true", "published: false", "draft: 'yes'"])
def test_a_draft_stays_one(flag: str):
    assert post(f"---\ntitle: A\ndate: 2020-01-01\n{flag}\n---\nText").is_draft


def test_the_title_is_the_first_heading_or_the_name():
    assert post("---\ndate: 2020-01-01\n---\n\n# The *title*\n\nText").title == "The *title*"
    assert post("---\ndate: 2020-01-01\n---\n\n# The title\n\nText").body == "Text"
    assert post("---\ntitle: The title\n---\nThe title\n=====\nText").body == "Text"
    assert post("---\ntitle: Another\n---\n# The title\n").body == "# The title\n"
    assert post("---\ndate: 2020-01-01\n---\nText", "x/2020-01-01-my-first_post.md").title == "My first post"
    assert len(post(f"---\ntitle: {'x ' * 400}\n---\n").title) <= 300


@pytest.mark.parametrize(
    "address", ["pretty", "/:year/:title/", "{{ page.date }}", "false", "../../etc", "mailto:x", "/"]
)
def test_patterns_and_nonsense_are_no_addresses(address: str):
    assert post(f"---\ntitle: A\npermalink: '{address}'\n---\n").addresses == ()


def test_what_is_no_post_says_why():
    with pytest.raises(NotAPost, match="no front matter"):
        post("# Read me")
    with pytest.raises(NotAPost, match="section"):
        post("---\nsort: date\n---\n", "content/_index.md")
    assert post("# Read me\n\nText", needs_front_matter=False).title == "Read me"


@given(
    st.text(alphabet="abc:-[]{}&*!|>'\"#%@`,= \n\t0é", max_size=200),
    st.sampled_from(["title", "date", "tags", "author", "path", "image", "redirect", "views", "description"]),
)
def test_no_file_crashes_it(value: str, name: str):
    try:
        post(f"---\n{name}: {value}\n---\nText")
    except (Broken, NotAPost) as reason:
        assert str(reason)


@given(
    st.sampled_from(["title", "date", "tags", "authors", "path", "image", "redirect", "views", "draft", "taxonomies"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
)
def test_no_shape_of_a_value_crashes_it(name: str, value: object):
    try:
        post(json.dumps({"x": 1, name: value}) + "\nText")
    except (Broken, NotAPost) as reason:
        assert str(reason)
