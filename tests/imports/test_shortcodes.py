"""Shortcodes of five site generators: known ones are translated, others stay as text and are reported."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.imports.shortcodes import translate

KNOWN = [
    # Eleventy
    ('{% image "assets/a.jpg" "A [nice] picture" %}', r"![A \[nice\] picture](assets/a.jpg)"),
    ('{% image_with_class "a.jpg" "width-80px" "A picture" %}', "![A picture](a.jpg)"),
    ('[text]({{ "/2015/12/30/x/" | url }})', "[text](/2015/12/30/x/)"),
    ('{{ "https://www.youtube-nocookie.com/embed/jCAhYZdIPp8" | embed: "A talk" }}',
     "[A talk](https://www.youtube.com/watch?v=jCAhYZdIPp8)"),
    ('{% include "linked-figure.html",\n   image: "/a.jpg",\n   alt: "A",\n   caption: "Below" %}',
     "![A](/a.jpg)\n\n*Below*\n"),
    # Jekyll
    ("{% highlight ruby %}\nputs '{{ x }}'\n{% endhighlight %}", "\n```ruby\nputs '{{ x }}'\n```\n"),
    ("{% raw %}{{ site.url }}{% endraw %}", "{{ site.url }}"),
    ("`{% raw %}{% link %}{% endraw %}`", "`{% link %}`"),
    ("[a]({% link _posts/2018-01-02-jekyll-3-7-0-released.md %})", "[a](/jekyll-3-7-0-released)"),
    ("[a]({% post_url 2013-05-06-jekyll-1-0-0-released %})", "[a](/jekyll-1-0-0-released)"),
    ("[a]({{ site.baseurl }}/docs/)", "[a](/docs/)"),
    ('[a]({{ "docs/" | relative_url }})', "[a](/docs/)"),
    ("a{% comment %}hidden{% endcomment %}b", "ab"),
    # Hugo
    ('{{< figure src="a b.png" alt="A" caption="Below" >}}', "![A](<a b.png>)\n\n*Below*\n"),
    ("{{% figure\n  src=\"a.png\"\n  caption='Below'\n%}}", "![Below](a.png)\n\n*Below*\n"),
    ('{{< figure src="a.png" link="/big" >}}', "[![](a.png)](/big)"),
    ("{{<youtube eZ3OrhxUAmU>}}", "[Watch the video](https://www.youtube.com/watch?v=eZ3OrhxUAmU)"),
    ('{{< youtube id="eZ3OrhxUAmU" title="A talk" >}}', "[A talk](https://www.youtube.com/watch?v=eZ3OrhxUAmU)"),
    ('{{< highlight go "linenos=table" >}}\nx := 1\n{{< /highlight >}}', "\n```go\nx := 1\n```\n"),
    ('[a]({{< ref "blog/other.md#part" >}})', "[a](/other#part)"),
    ("{{</* youtube id */>}}", "{{< youtube id >}}"),
    # Zola
    ('{{ youtube(id="eZ3OrhxUAmU") }}', "[Watch the video](https://www.youtube.com/watch?v=eZ3OrhxUAmU)"),
    ('{{ image(src="a.png", alt="A") }}', "![A](a.png)"),
    ("[a](@/inside/2020-news/index.md#part)", "[a](/2020-news#part)"),
    # Go's blog
    ('{{image "gif/image00.jpg" 635}}', "![](gif/image00.jpg)"),
    ('{{video "https://www.youtube.com/embed/n7ayE29b7QA" 650 400}}',
     "[Watch the video](https://www.youtube.com/watch?v=n7ayE29b7QA)"),
    ("{{raw `\n<b>x</b>\n`}}", "\n<b>x</b>\n"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "shown"), KNOWN)
def test_known_shortcodes_are_translated(written: str, shown: str):
    found = translate(written)
    assert (found.text, found.unknown) == (shown, ())


def test_the_anchor_of_a_heading_stays_one():
    assert translate("## The `code` part {#part}\n\nText").text == '## The `code` part <span id="part"></span>\n\nText'
    assert translate("```\n# a {#b}\n```").text == "```\n# a {#b}\n```"


def test_inside_html_an_image_becomes_html():
    assert translate('<div>\n{% image "a.jpg" "A \\"b\\" <c>" %}\n</div>').text == (
        '<div>\n<img src="a.jpg" alt="A &quot;b&quot; &lt;c&gt;">\n</div>'
    )


def test_fields_of_the_front_matter_are_put_in():
    found = translate(
        "<{{% param canonical_url %}}> ![]({{ image | url }})", fields={"canonical_url": "https://a", "image": "/b.png"}
    )
    assert found.text == "<https://a> ![](/b.png)"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('{{ "sarah" | team_photo }}', "{{ … | team_photo }}"),
        ("{% include toc.html %}", "{% include toc.html %}"),
        ("{{< blog/badge >}}", "{{< blog/badge >}}"),
        ("{{% param unknown %}}", "{{% param %}}"),
        ('{{code "a.go" `/START/` `/END/`}}', "{{ code }}"),
        ('{{ gallery(dir="x") }}', "{{ gallery }}"),
        ("{% for a in b %}", "{% for %}"),
    ],
)
def test_unknown_shortcodes_stay_as_text_and_are_named(written: str, name: str):
    found = translate(f"before {written} after")
    assert (found.text, found.unknown) == (f"before {written} after", (name,))


@pytest.mark.parametrize(
    "code",
    [
        '`{% image "a.jpg" "b" %}`',
        '```liquid\n{% image "a.jpg" "b" %}\n\n{{< youtube x >}}\n```\n',
        '~~~\n{{ "a" | url }}\n~~~',
        "- ```\n  {{< youtube abcdefgh >}}\n  ```\n",
        "a { b {{ c } d }} $\\frac{{1}}{{2}}$",
    ],
)
def test_code_and_stray_braces_stay(code: str):
    assert translate(code).text == code
    assert translate(code).unknown == ()


@pytest.mark.parametrize(
    "hostile",
    [
        "{%" * 300_000 + "%}",
        '{{ a "' * 150_000 + "}}",
        "{% raw %}" * 100_000,
        "{% highlight x " * 60_000,
        "{{</*" * 200_000,
        "`{{" * 300_000,
        "`" * 5 + "".join("`" * (n % 900) + " {" for n in range(2000)),
        '{{ "a" | b: ' + '"x\\' * 300_000 + "}}",
        "- " * 400_000 + "{",
        "](@/" * 200_000,
        "\x020\x03\x021\x03{% raw %}\x02{% endraw %}",
    ],
)
def test_hostile_text_ends_soon(hostile: str):
    begun = time.process_time()
    translate(hostile)
    assert time.process_time() - begun < 10


@given(st.text(alphabet="{}%<>`\"'|:=/*-\n raw imgeurl()", max_size=200))
def test_no_text_crashes_it(text: str):
    translate(text)
