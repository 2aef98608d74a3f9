"""The heads of 400 browsers, as they send them: no two alike, some with a referrer, all of them people's."""

from collections.abc import Iterator

HOST = "localhost"
COUNT = 400
_SYSTEMS = (
    ("Windows NT 10.0; Win64; x64", "Windows"),
    ("Macintosh; Intel Mac OS X 10_15_7", "macOS"),
    ("X11; Linux x86_64", "Linux"),
    ("Linux; Android 10; K", "Android"),
)
_LANGUAGES = (
    "en-GB,en;q=0.9",
    "de,en-US;q=0.7,en;q=0.3",
    "fr-FR,fr;q=0.9,en;q=0.8",
    "pt-BR,pt;q=0.9",
    "es-ES,es;q=0.9,ca;q=0.7",
)
_REFERRERS = (
    "",
    "",
    "",
    "https://www.google.com/",
    "https://duckduckgo.com/",
    "https://t.co/",
    "https://example.org/links",
)


def blocks(count: int = COUNT, *, gzip: bool = True, host: str = HOST) -> list[str]:
    """Header blocks with their line ends and without the empty line that ends a head."""
    makers = (_chrome, _firefox, _safari)
    return [_block(makers[number % 3](number), number, gzip=gzip, host=host) for number in range(count)]


def _block(own: list[str], number: int, *, gzip: bool, host: str) -> str:
    referrer = _REFERRERS[number % len(_REFERRERS)]
    lines = [
        f"Host: {host}",
        *own,
        f"Accept-Language: {_LANGUAGES[number % len(_LANGUAGES)]}",
        f"Accept-Encoding: {'gzip, deflate, br, zstd' if gzip else 'identity'}",
        *([f"Referer: {referrer}"] if referrer else []),
        "Sec-Fetch-Dest: document",
        "Sec-Fetch-Mode: navigate",
        f"Sec-Fetch-Site: {'cross-site' if referrer else 'none'}",
        "Sec-Fetch-User: ?1",
        "Upgrade-Insecure-Requests: 1",
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _chrome(number: int) -> list[str]:
    system, name = _SYSTEMS[number // 3 % len(_SYSTEMS)]
    major = 90 + number // 12
    return [
        f'sec-ch-ua: "Not/A)Brand";v="8", "Chromium";v="{major}", "Google Chrome";v="{major}"',
        f"sec-ch-ua-mobile: ?{int(name == 'Android')}",
        f'sec-ch-ua-platform: "{name}"',
        f"User-Agent: Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{major}.0.0.0"
        f"{' Mobile' if name == 'Android' else ''} Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    ]


def _firefox(number: int) -> list[str]:
    system, major = _SYSTEMS[number // 3 % 3][0], 80 + number // 9
    return [
        f"User-Agent: Mozilla/5.0 ({system}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ]


def _safari(number: int) -> list[str]:
    version = f"{12 + number // 3 % 7}.{number // 21}"
    return [
        "User-Agent: Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)"
        f" Version/{version} Safari/605.1.15",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ]


def heads(paths: list[str], given: list[str]) -> Iterator[bytes]:
    """Whole requests without an end: the paths in turn, with these blocks in turn."""
    number = 0
    while True:
        path, block = paths[number % len(paths)], given[number * 7 % len(given)]
        yield f"GET {path} HTTP/1.1\r\n{block}\r\n".encode("latin-1")
        number += 1
