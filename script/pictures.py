"""Make the pictures of README and docs anew, from a drill in a throw-away Tocsin: script/pictures

Needs the development environment and Debian's chromium. Writes docs/pictures/*.png.
"""

import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
INTO = ROOT / "docs/pictures"
SIZE = {"width": 1440, "height": 760}
PHONE = {"width": 360, "height": 700}
LARGEST = 150 * 1024
PATIENCE = 90_000


def serve(home: str) -> tuple[subprocess.Popen[str], str, str]:
    """A Tocsin of its own: the process, its address, and a link to sign in."""
    argv = [sys.executable, "-m", "tocsin", "serve", "--port", "0", "--home", home, "--no-demo"]
    served = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert served.stdout is not None
    said = served.stdout.readline() + served.stdout.readline()
    found = re.search(r"ready (\S+)\nsign in once with (\S+)", said)
    if found is None:
        sys.exit(f"Tocsin did not start: {said}")
    return served, found[1], found[2]


def sign_in(page: Page, link: str) -> None:
    """As the first administrator."""
    page.goto(link)
    page.click("main button")
    for field in page.query_selector_all("input[type=password]"):
        field.fill("a long sentence for pictures 9")
    if page.query_selector_all("input[type=password]"):
        page.click("main button[type=submit]")
    page.wait_for_load_state()


PIXELS = """async (picture) => {
    const image = new Image(); image.src = "data:image/png;base64," + picture; await image.decode();
    const brush = new OffscreenCanvas(image.width, image.height).getContext("2d");
    brush.drawImage(image, 0, 0);
    const all = brush.getImageData(0, 0, image.width, image.height).data, parts = [];
    for (let n = 0; n < all.length; n += 32768) parts.push(String.fromCharCode(...all.subarray(n, n + 32768)));
    return [image.width, image.height, btoa(parts.join(""))];
}"""


def take(page: Page, name: str) -> None:
    """One picture; it must stay small enough for a repository."""
    page.wait_for_timeout(600)
    whole = b64encode(page.screenshot()).decode()
    desk = page.context.browser.new_page()
    width, height, pixels = desk.evaluate(PIXELS, whole)
    desk.close()
    file = INTO / f"{name}.png"
    file.write_bytes(with_palette(width, height, b64decode(pixels)))
    if file.stat().st_size > LARGEST:
        sys.exit(f"{file} is larger than {LARGEST // 1024} KB; show less of it.")
    print(f"{file.relative_to(ROOT)}  {file.stat().st_size // 1024} KB")


def with_palette(width: int, height: int, pixels: bytes) -> bytes:
    """A PNG of the 256 most frequent colours (a page has hardly more that anybody sees): a third of the size."""
    colours = [pixels[n : n + 3] for n in range(0, len(pixels), 4)]
    palette: list[bytes] = []
    for colour, _ in Counter(colours).most_common():
        # Neighbours of a colour that is there already would crowd out the rare ones: an amber mark, a thin line.
        if len(palette) < 256 and all(_apart(colour, other) > 9 for other in palette):
            palette.append(colour)
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in set(colours) - set(place):
        place[colour] = min(range(len(palette)), key=lambda n: _apart(palette[n], colour))
    rows = (bytes(place[colour] for colour in colours[y * width : (y + 1) * width]) for y in range(height))
    packed = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)), (b"PLTE", b"".join(palette))]
    chunks += [(b"IDAT", packed), (b"IEND", b"")]
    parts = (struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _apart(one: bytes, other: bytes) -> int:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True))


def step(page: Page, key: str) -> None:
    """Press the button of a step, once it is that step's turn."""
    page.click(f"#step-{key} #go", timeout=PATIENCE)


def walk(browser: Browser, base: str, link: str) -> None:
    """The drill, with a picture wherever something is to be seen."""
    context = browser.new_context(viewport=SIZE, color_scheme="light")
    page, other = context.new_page(), context.new_page()
    sign_in(page, link)
    page.goto(f"{base}/drill/")
    page.click("#start")
    step(page, "break")
    page.wait_for_selector("#step-acknowledge #go", timeout=PATIENCE)
    page.evaluate("scrollTo(0, 0)")
    take(page, "drill")
    mail = page.locator("#mailbox a", has_text="Open the link").first.get_attribute("href")
    phone = browser.new_context(viewport=PHONE, color_scheme="dark").new_page()
    phone.goto(str(mail))
    take(phone, "page-on-a-phone")
    incident = str(page.locator("#where a").first.get_attribute("href"))
    for key in ("acknowledge", "assess", "team", "roles", "tell"):
        step(page, key)
    page.wait_for_selector("#step-fix #go", timeout=PATIENCE)
    other.goto(base + incident)
    take(other, "incident")
    other.goto(f"{base}/status/")
    take(other, "status-page")
    for key in ("fix", "validate", "resolve", "report"):
        step(page, key)
    page.wait_for_selector("#step-tidy #go", timeout=PATIENCE)
    other.goto(f"{base}{incident}resolution/")
    take(other, "validate-fix")
    other.goto(f"{base}{incident}report/")
    take(other, "report")
    step(page, "tidy")
    page.wait_for_selector("#start", timeout=PATIENCE)


def main() -> None:
    """All of them."""
    INTO.mkdir(exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        served, base, link = serve(home)
        try:
            walk(browser, base, link)
        finally:
            browser.close()
            served.terminate()
            served.wait(30)


if __name__ == "__main__":
    main()
