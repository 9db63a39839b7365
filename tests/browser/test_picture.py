"""Does the page's half of a figure ask for its pixels, whenever it comes into the page?"""

from pathlib import Path

import pytest

PICTURE = Path(__file__).parents[2] / "utils" / "figures" / "picture.js"
ADDRESS = "http://figure.test"
# A page that renders into an element which no figure holds yet, as a front end at work does.
PAGE = """<!doctype html><body><script type="module">
import picture from "/picture.js";
window.sent = [];
const model = {
  get: () => ({ light: {}, dark: {} }), on() {}, off() {}, send: (message) => sent.push(message),
};
window.el = document.createElement("div");
picture.render({ model, el });
window.attach = () => {
  const figure = document.createElement("div"), room = document.createElement("div");
  figure.className = "kit-figure";
  room.style.width = "500px";
  room.append(figure);
  figure.append(el);
  document.body.append(room);
  return room;
};
</script></body>"""


@pytest.fixture
def late(browser):
    """A page in which a picture was rendered a while before it is put into its figure."""
    page = browser.new_page()
    page.route(f"{ADDRESS}/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route(
        f"{ADDRESS}/picture.js",
        lambda route: route.fulfill(path=PICTURE, content_type="text/javascript"),
    )
    page.goto(f"{ADDRESS}/")
    page.wait_for_function("window.attach !== undefined")
    page.wait_for_timeout(200)  # some frames of the page
    yield page
    page.close()


def test_a_picture_that_comes_into_its_figure_late_asks_for_its_pixels(late):
    assert late.evaluate("sent.length") == 0
    late.evaluate("attach()")
    late.wait_for_function("sent.length > 0", timeout=5_000)
    assert late.evaluate("sent[0].room") == 500


def test_a_figure_whose_room_changes_asks_again(late):
    late.evaluate("window.room = attach()")
    late.wait_for_function("sent.length > 0", timeout=5_000)
    late.evaluate("room.style.width = '400px'")
    late.wait_for_function("sent.at(-1).room === 400", timeout=5_000)
