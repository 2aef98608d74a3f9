"""S5: what an import brings goes through the same cleaning as what somebody types.

WordPress, Ghost and Medium files: with their importers.
"""

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from tests.forms import page

POST = """---
title: "</title><zz1x>"
tags: ["<zz1x>"]
author: '"><zz1x>'
slug: imported
date: 2026-01-01
---
Words <script>alert(1)</script> <zz1x onload=alert(1)> <img src=x onerror=alert(1)>

[a](javascript:alert(1)) [b](<java script:alert(1)>) ![c](data:text/html;base64,PHNjcmlwdD4=)

<iframe src="https://evil.example"></iframe><svg/onload=alert(1)><a href="jav&#x0a;ascript:alert(1)">d</a>
"""


def test_an_imported_post_runs_nothing(app: Flask, client: FlaskClient, tmp_path: Path) -> None:
    folder = tmp_path / "posts"
    folder.mkdir()
    (folder / "one.md").write_text(POST)
    ran = app.test_cli_runner().invoke(args=["articles", "import", str(folder)])
    assert ran.exit_code == 0, ran.output
    for url in ("/imported", "/", "/feed.xml"):
        answer = client.get(url)
        assert answer.status_code == 200 and "<zz1x" not in answer.text, url
    article = page(client.get("/imported")).xpath("//article")[0]
    assert not article.xpath(".//script | .//iframe | .//svg[@onload] | .//@onerror | .//@onload")
    hrefs = ["".join(href.split()) for href in article.xpath(".//@href | .//@src")]
    assert not [href for href in hrefs if href.startswith(("javascript:", "data:"))]
