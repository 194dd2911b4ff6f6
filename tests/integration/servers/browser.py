"""A browser for the tests: one that is here, else one that can be had.

In this order: what PARLEY_TEST_BROWSER names, the system's Chromium or Chrome, Playwright's, the npm package
@sparticuz/chromium (Linux on x86-64; it brings the libraries that a bare machine lacks), apt's for root.
`python -m tests.integration.servers.browser` prints the one that the tests will use.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CACHE = Path(__file__).parents[3] / ".cache/browsers"
_NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
_SYSTEM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_MACOS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
_LAUNCH = """
import sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    with playwright.chromium.launch(executable_path=sys.argv[1], timeout=60_000) as browser:
        browser.new_page().goto("about:blank")
"""
_UNPACK = """
const { readFileSync, writeFileSync } = require("fs");
for (const name of ["chromium", "al2023.tar", "swiftshader.tar", "fonts.tar"]) {
  const packed = readFileSync(`node_modules/@sparticuz/chromium/bin/${name}.br`);
  writeFileSync(name, require("zlib").brotliDecompressSync(packed));
}
"""
_WRAPPER = """#!/bin/sh
here=$(dirname "$0")
export LD_LIBRARY_PATH="$here/lib" FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
"""
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>/usr/share/fonts</dir><dir>{0}/fonts</dir><cachedir>{0}/fonts-cache</cachedir></fontconfig>
"""


class BrowserNotFound(Exception):
    """Nothing that was found or installed starts."""


def find_browser() -> Path:
    """The first browser that really starts, installed when it must be; raises BrowserNotFound."""
    if named := os.environ.get("PARLEY_TEST_BROWSER"):
        if starts(Path(named)):
            return Path(named)
        raise BrowserNotFound(f"PARLEY_TEST_BROWSER={named} does not start")
    for source in (_from_system, _from_playwright, _from_npm, _from_apt):
        for browser in source():
            if starts(browser):
                return browser
    raise BrowserNotFound("no Chromium starts and none could be installed: install one or set PARLEY_TEST_BROWSER")


def starts(browser: Path) -> bool:
    return _run(sys.executable, "-c", _LAUNCH, browser)


def _from_system() -> Iterator[Path]:
    for name in _SYSTEM:
        if found := shutil.which(name):
            yield Path(found)
    for name in _MACOS:
        if (found_app := Path("/Applications") / name).exists():
            yield found_app


def _from_playwright() -> Iterator[Path]:
    folder = CACHE / "playwright"
    if not any(folder.rglob("*headless*shell")):
        os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(folder)
        _run(sys.executable, "-m", "playwright", "install", "chromium", "--only-shell")
    yield from (path for path in folder.rglob("*headless*shell") if path.is_file())


def _from_npm() -> Iterator[Path]:
    folder = CACHE / "npm"
    wrapper = folder / "browser"
    if not wrapper.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if not _run("npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", folder, _NPM_PACKAGE):
            return
        if not _run("node", "-e", _UNPACK, folder=folder):
            return
        for archive in folder.glob("*.tar"):
            if not _run("tar", "-xf", archive, "--no-same-owner", folder=folder):
                return
            archive.unlink()
        (folder / "fonts.conf").write_text(_FONTS.format(folder))
        (folder / "chromium").chmod(0o755)
        wrapper.write_text(_WRAPPER)
        wrapper.chmod(0o755)
    yield wrapper


def _from_apt() -> Iterator[Path]:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update")
        _run("apt-get", "install", "--yes", "--no-install-recommends", "chromium")
        yield from _from_system()


def _run(*command: str | Path, folder: Path | None = None) -> bool:
    """Whether it succeeds; what it says goes to stderr, so that a failure can be understood."""
    # Node may be the one in .venv.
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}{os.pathsep}{Path(sys.executable).parent}"}
    try:
        subprocess.run(command, cwd=folder, env=environment, check=True, stdout=sys.stderr, timeout=600)
    except (OSError, subprocess.SubprocessError) as problem:
        sys.stderr.write(f"browser: {problem}: trying what comes next\n")
        return False
    return True


if __name__ == "__main__":
    sys.stdout.write(f"{find_browser()}\n")
