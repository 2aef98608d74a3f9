"""The tail of a journal's record: what is packed comes back, and no bytes are an accident."""

from hypothesis import given
from hypothesis import strategies as st

from app.pageviews.visits import DIMENSIONS, Origin, pack_origin, read_origin

SHORT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=100)
ORIGINS = st.builds(
    Origin,
    st.sampled_from(["", "phone", "tablet", "desktop", "other"]),
    st.sampled_from(sorted(DIMENSIONS)),
    SHORT, SHORT, SHORT, SHORT, SHORT,
)  # fmt: skip


@given(ORIGINS)
def test_what_is_packed_comes_back(origin: Origin) -> None:
    assert read_origin(pack_origin(origin)) == origin


def test_long_texts_are_cut_to_what_the_database_keeps() -> None:
    long = read_origin(pack_origin(Origin("phone", "site", *(["ä" * 5000] * 5))))
    assert [len(text) for text in long] == [5, 4, 100, 300, 100, 100, 199]


@given(st.binary(max_size=100))
def test_any_bytes_can_be_read(data: bytes) -> None:
    origin = read_origin(data)
    assert origin.dimension in DIMENSIONS | {""}
    assert "\0" not in "".join(origin)


@given(ORIGINS, st.binary(max_size=20))
def test_what_a_later_version_adds_behind_is_left_alone(origin: Origin, more: bytes) -> None:
    full = origin._replace(campaign_name="may")
    assert read_origin(pack_origin(full) + more) == full
