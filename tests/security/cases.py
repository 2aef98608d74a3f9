"""The thirty classes of holes that really happened to systems like this one, and what holds each of them shut here.

A case names its test, and one line of ours that the test stands guard over: ``test_guards.py`` puts something else in
its place and expects the test to fail. Where a class has several guards, it is one that nothing else stands behind.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Guard:
    """A line, or some, of one file that occur there once, and what would be there if nobody had thought of it."""

    file: str
    line: str
    instead: str


@dataclass(frozen=True)
class Case:
    number: int
    what: str
    module: str
    """The file of its tests, in tests/security."""
    test: str
    """The test that fails without the guard."""
    guard: Guard
    waits_for: str = ""
    """Parts that do not exist yet and bring their own tests of this class."""

    @property
    def name(self) -> str:
        return f"S{self.number}"

    @property
    def file(self) -> str:
        return f"tests/security/test_s{self.number:02}_{self.module}.py"


CASES = (
    Case(1, "SQL injection by a filter or an order", "sql_injection", "test_no_parameter_of_a_list_widens_it", Guard(
        "app/articles/listing.py",
        "        rows = rows.where(*(find(SearchText.folded, word) > 0 for word in words[:10]))",
        "        rows = rows.where(*(__import__('sqlalchemy').text(f\"instr(search_text.folded, '{word}') > 0\")"
        " for word in words[:10]))",
    ), "API"),
    Case(2, "A filter or order that tells about hidden fields", "filter_oracle",
         "test_nobody_is_found_by_what_is_hidden",
         Guard(
        "app/articles/searching.py",
        "    names = [*(tag.name for tag in draft.tags), *(account.name for account in draft.authors)]",
        "    names = [f'{account.name} {account.email}' for account in draft.authors]",
    ), "API, search for readers"),
    Case(3, "Script in a text that is stored", "stored_xss", "test_data_for_machines_ends_no_script", Guard(
        "templates/site/articles/show.html", "{{ blog_posting(article)|tojson }}",
        "{{ blog_posting(article)|string|safe }}",
    ), "comments"),
    Case(4, "Feeds and other outputs forgotten", "other_outputs",
         "test_no_way_of_writing_takes_an_address_that_is_none",
         Guard(
        "app/articles/slugs.py",
        "    if len(slug) > MAX_SLUG or not _TYPED.fullmatch(slug):",
        "    if len(slug) > MAX_SLUG:",
    ), "newsletters, ActivityPub"),
    Case(5, "Script by an import", "importer", "test_an_imported_post_runs_nothing", Guard(
        "app/articles/rendering.py",
        "    cleaned = html.clean(as_html(typed))",
        "    cleaned = html.Cleaned(as_html(typed))",
    ), "importers of WordPress, Ghost, Medium"),
    Case(6, "Files that are programs: SVG, HTML, two in one", "upload", "test_what_is_served_is_in_a_sandbox", Guard(
        "app/site/media.py",
        '    response.headers["Content-Security-Policy"] = POLICY',
        '    response.headers["Content-Security-Policy"] = "default-src *"',
    )),
    Case(7, "Script in previews, comparisons, addresses", "preview_and_diff", "test_a_preview_in_a_frame_runs_nothing",
         Guard(
        "templates/admin/previewing/show.html", "<iframe sandbox src=", "<iframe src=",
    )),
    Case(8, "A cache that keeps somebody’s own page", "cache",
         "test_nobody_gets_the_page_of_somebody_who_is_signed_in", Guard(
        "app/site/page_cache.py", "        if cookie and self.is_signed_in(cookie):", "        if False:",
    )),
    Case(9, "Requests to the own network (SSRF)", "ssrf", "test_no_message_goes_to_the_own_network", Guard(
        "app/outbound.py",
        "        if not addresses or not all(self._is_allowed(address) for address in addresses):",
        "        if not addresses:",
    ), "embeds, webmention, ActivityPub, import from an address"),
    Case(10, "Paths that lead out of a folder", "path_traversal", "test_no_name_says_where_a_file_is_kept", Guard(
        "app/media/storing.py", "            file = new_key(made.found.extension)",
        "            file = f'{title}.jpg'",
    ), "archives: importers, themes"),
    Case(11, "Code in a template", "templates", "test_nothing_that_is_typed_is_evaluated", Guard(
        "app/site/articles.py",
        '    page = render_template("site/articles/show.html", article=article, rendered=rendered,'
        ' newer=newer, older=older)',
        '    page = __import__("flask").render_template_string(render_template("site/articles/show.html",'
        ' article=article,'
        " rendered=rendered, newer=newer, older=older))",
    ), "themes"),
    Case(12, "A right that only the main page asks for", "secondary_endpoints",
         "test_no_helper_shows_what_its_article_does_not",
         Guard(
        "app/admin/history.py",
        '@bp.get("/compare")\n@web.needs("article.see", editing.load)',
        '@bp.get("/compare")\n@web.needs("article.list")',
    ), "API"),
    Case(13, "Becoming more than one is", "escalation", "test_the_last_admin_stays_one", Guard(
        "app/accounts/membership.py",
        "    if loses_admin and list_admin_ids(session, locked=True) == [account_id]:",
        "    if False:",
    ), "API keys"),
    Case(14, "Fields that nobody was asked for", "mass_assignment", "test_what_the_software_keeps_itself_is_refused",
         Guard(
        "app/admin/article_form.py",
        "        for name in sorted(READ_ONLY & request.form.keys()):",
        "        for name in ():",
    ), "API"),
    Case(15, "A second step that can be left out", "second_factor", "test_a_password_alone_opens_nothing", Guard(
        "app/admin/factors_entrance.py", "    if not find_ways(web.writer(), account):", "    if True:",
    ), "API"),
    Case(16, "Sessions that outlive their end", "sessions", "test_a_new_password_ends_the_other_sessions", Guard(
        "app/accounts/profile.py", "    end_all_sessions(session, account_id, but=token)", "    pass",
    )),
    Case(17, "Links to an address that the request chose", "poisoned_links", "test_a_link_is_of_the_configured_address",
         Guard(
        "app/web.py",
        "    return address() + url_for(endpoint, **values)",
        "    return request.host_url.rstrip('/') + url_for(endpoint, **values)",
    )),
    Case(18, "Guessing without end", "brute_force", "test_guesses_end_whatever_is_changed", Guard(
        "app/accounts/limiting.py", "    if until > now:", "    if False:",
    ), "API keys, passwords of articles"),
    Case(19, "Learning who has an account", "enumeration", "test_signing_in_tells_nobody_who_has_an_account", Guard(
        "app/accounts/passwords.py",
        "        _HASHER.verify(password_hash or _NOBODY, _octets(password[: LONGEST + 1]))",
        "        password_hash and _HASHER.verify(password_hash, _octets(password[: LONGEST + 1]))",
    ), "sign-up of readers"),
    Case(20, "Forms of other sites (CSRF)", "csrf", "test_a_form_of_another_site_does_nothing", Guard(
        "app/forms.py", "    if not ButtonForm().validate_on_submit():", "    if not request.method:",
    ), "unsubscribing by one click"),
    Case(21, "Links that lead elsewhere", "open_redirect", "test_signing_in_leads_to_no_other_site", Guard(
        "app/web.py",
        '    if not target or not target.startswith("/") or target.startswith("//") or "\\\\" in target:',
        "    if not target:",
    )),
    Case(22, "Formulas in files for spreadsheets", "csv", "test_a_title_is_no_formula", Guard(
        "app/csv_cells.py", "    return f\"'{text}\" if text[:1] in FORMULA else text", "    return text",
    ), "exports of members, newsletters"),
    Case(23, "XML that reads files or grows", "xml", "test_xml_is_refused", Guard(
        "app/media/sniffing.py",
        "    raise limits.SvgRefused if _is_svg(head) else limits.UnknownKind",
        "    return PDF",
    ), "importers of WordPress and feeds, OPML"),
    Case(24, "Data that becomes code", "deserialization", "test_front_matter_makes_no_objects", Guard(
        "app/imports/frontmatter.py",
        "        return _named(_yaml_value(source, line), line)",
        "        return _named(yaml.unsafe_load(source), line)",
    ), "importer of WordPress (PHP data)"),
    Case(25, "Work without end", "exhaustion", "test_a_body_that_nobody_writes_is_refused_at_its_field", Guard(
        "app/admin/article_form.py",
        '        if self.gives("body") and length > MAX_BODY:',
        "        if False:",
    ), "search for readers"),
    Case(26, "Secrets that time gives away", "timing", "test_what_the_database_holds_opens_nothing", Guard(
        "app/accounts/tokens.py",
        "    return hashlib.sha256(token.encode()).hexdigest()",
        "    return token",
    ), "passwords of articles"),
    Case(27, "A closed door with a side entrance", "side_entrance", "test_an_old_setup_link_opens_nothing", Guard(
        "app/accounts/joining.py",
        "    return session.scalar(known) is not None and not has_admin(session)",
        "    return session.scalar(known) is not None",
    ), "sign-up of readers, comments"),
    Case(28, "Lines and readers added to a mail", "mail", "test_an_address_with_more_in_it_is_none", Guard(
        "app/mail.py", "    if not _RECIPIENT.fullmatch(recipient):", "    if not recipient:",
    ), "newsletters"),
    Case(29, "State that was looked at too early", "business_logic",
         "test_a_form_that_was_open_meanwhile_deletes_nothing",
         Guard(
        "app/articles/publishing.py",
        "    if article.trashed_at is None:\n        raise NotInTrash",
        "    if False:\n        raise NotInTrash",
    ), "memberships, offers"),
    Case(30, "Readers’ text in the screens of statistics", "statistics",
         "test_a_reader_puts_nothing_into_the_statistics",
         Guard(
        "templates/admin/statistics/_parts.html", "{{ words.outside(text) }}", "{{ text|safe }}",
    )),
)  # fmt: skip
