"""Phone, tablet, desktop or another device, by the User-Agent."""

from pathlib import Path

import pytest
import yaml

from app.pageviews.devices import device_of

LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
MAC = WINDOWS.replace("Windows NT 10.0; Win64; x64", "Macintosh; Intel Mac OS X 10_15_7")
CHROMEBOOK = WINDOWS.replace("Windows NT 10.0; Win64; x64", "X11; CrOS x86_64 14541.0.0")
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0{} Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148"
TELEVISION = "Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2) AppleWebKit/537.36 Chrome/120.0.0.0 Safari/537.36"
CONSOLE = "Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4"


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        (LINUX, "desktop"), (WINDOWS, "desktop"), (MAC, "desktop"), (CHROMEBOOK, "desktop"),
        (IPHONE, "phone"), (ANDROID.format(" Mobile"), "phone"),
        (ANDROID.format(""), "tablet"), (IPHONE.replace("iPhone", "iPad"), "tablet"),
        (TELEVISION, "other"), (CONSOLE, "other"), ("", "other"), ("x" * 100_000, "other"), ("Something/1.0", "other"),
    ],
)  # fmt: skip
def test_what_a_browser_says_it_runs_on(user_agent: str, expected: str) -> None:
    assert device_of(user_agent) == expected


@pytest.mark.corpus
@pytest.mark.parametrize(
    ("name", "kind", "expected", "share"),
    [("desktop.yml", "desktop", "desktop", 0.85), ("smartphone-43.yml", "smartphone", "phone", 0.95)],
)
def test_most_of_the_known_devices(corpus: Path, name: str, kind: str, expected: str, share: float) -> None:
    """Many desktops of the list are notebooks with Android, which only their model's name tells from a tablet."""
    entries = yaml.safe_load((corpus / "bots" / "device-detector" / name).read_text())
    listed = [entry["user_agent"] for entry in entries if (entry.get("device") or {}).get("type") == kind]
    missed = [user_agent for user_agent in listed if device_of(user_agent) != expected]
    assert listed and len(missed) <= (1 - share) * len(listed), missed[:20]
