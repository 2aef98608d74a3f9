"""Every route has a stated policy and stands in the committed list."""

import pytest
from flask import Flask

from app.accounts.permissions import RIGHTS
from app.articles.slugs import RESERVED
from tests.house.routes import LIST, build_app, describe, own_rules, policy
from tests.security.stated import STATED


@pytest.fixture(scope="module")
def bare_app() -> Flask:
    return build_app()


def test_the_list_of_routes_is_what_it_was(bare_app: Flask) -> None:
    expected = describe(bare_app)
    assert LIST.read_text() == expected, "if meant: python -m tests.house.routes > tests/house/routes.txt"


def test_every_route_states_a_policy(bare_app: Flask) -> None:
    assert [rule.rule for rule in own_rules(bare_app) if not policy(bare_app, rule)] == []


def test_every_policy_of_the_admin_is_in_the_rights_table(bare_app: Flask) -> None:
    known = {"public", *RIGHTS}
    assert {rule.endpoint for rule in own_rules(bare_app) if policy(bare_app, rule) not in known} == set()


def test_the_admin_is_closed_but_for_its_entrance(bare_app: Flask) -> None:
    opened = {
        rule.endpoint
        for rule in own_rules(bare_app)
        if rule.endpoint.startswith("admin.") and policy(bare_app, rule) == "public"
    }
    # Joining by an invitation; a forgotten password; a new address confirmed from its mailbox.
    with_a_link = {"admin.invitations.open_invitation", "admin.invitations.accept"}
    beside = (
        "admin.entrance.",
        "admin.factors_entrance.",
        "admin.invitations_passkeys.",
        "admin.reset.",
        "admin.addresses.",
        "admin.rescuing.",
    )
    assert {endpoint for endpoint in opened if not endpoint.startswith(beside)} == with_a_link


def test_every_right_opens_something(bare_app: Flask) -> None:
    """A right that no handler asks for is no right, unless another part of a page asks."""
    asked = {policy(bare_app, rule) for rule in own_rules(bare_app)}
    assert set(RIGHTS) - asked <= {"article.assign"}


def test_every_right_is_stated_a_second_time() -> None:
    """The matrix compares what the doors do with what ``tests/security/stated.py`` says, role by role."""
    assert list(STATED) == list(RIGHTS)


def test_no_article_can_stand_before_a_route(bare_app: Flask) -> None:
    first = {rule.rule.split("/")[1] for rule in bare_app.url_map.iter_rules()}
    assert {segment for segment in first if segment and "<" not in segment} - RESERVED == set()


def test_nothing_but_get_and_post(bare_app: Flask) -> None:
    methods = set().union(*(rule.methods or set() for rule in own_rules(bare_app)))
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}
