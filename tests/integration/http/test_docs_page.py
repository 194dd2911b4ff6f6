"""The docs page in a real browser: it shows the description, breaks no policy and asks nobody else for anything."""

from playwright.sync_api import Browser, expect

from tests.integration.servers.parley import ParleyServer


def test_the_docs_page_shows_every_operation_and_stays_at_home(browser: Browser, parley_server: ParleyServer) -> None:
    page = browser.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{parley_server.url}/api/docs")
    expect(page.locator(".opblock")).to_have_count(27, timeout=30_000)
    page.get_by_text("Make an account").click()
    expect(page.get_by_role("heading", name="Responses").first).to_be_visible()
    assert [url for url in asked if not url.startswith((f"{parley_server.url}/", "data:"))] == []
    assert said == []
    page.close()
