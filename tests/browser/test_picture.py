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
  get: () => ({ light: {}, dark: {} }), off() {}, send: (message) => sent.push(message),
  on: (_, told) => { window.told = told; },
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
window.frame = (more) => told({
  kind: "frame", size: [10, 10], parts: [[0, 0, 10, 10]], packed: false, page: [100, 100],
  text: "a", caption: "a", handles: [{ name: "pen", at: [0.5, 0.5], value: 0, says: "",
  ground: [0, 0, 1, 1], pen: true, click: false }], answers: false, scales: [{ box: [0, 0, 1, 1],
  sides: [{ name: "x", ends: [0, 10], log: false },
  { name: "y", ends: [1, 100], log: true }] }], ...more,
}, [new DataView(new ArrayBuffer(400))]);
</script></body>"""


@pytest.fixture(scope="module")
def empty(browser):
    """A page that all tests of this file load anew: a page of its own takes each a second."""
    page = browser.new_page()
    page.route(f"{ADDRESS}/", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    page.route(
        f"{ADDRESS}/picture.js",
        lambda route: route.fulfill(path=PICTURE, content_type="text/javascript"),
    )
    yield page
    page.close()


@pytest.fixture
def late(empty):
    """A page in which a picture was rendered a while before it is put into its figure."""
    empty.mouse.move(1000, 700)  # away from where figures are
    empty.goto(f"{ADDRESS}/")
    empty.wait_for_function("window.attach !== undefined")
    empty.wait_for_timeout(200)  # some frames of the page
    return empty


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


def test_pixels_that_come_before_the_figure_wake_it(late):
    """Is the figure awake, and are its sliders named, although both came after the frame?"""
    late.evaluate("frame()")
    late.wait_for_timeout(100)
    late.evaluate("attach()")
    late.wait_for_selector(".kit-figure.kit-awake", timeout=5_000, state="attached")
    late.evaluate("""() => document.querySelector(".kit-figure").insertAdjacentHTML("beforeend",
        '<div class="widget-slider"><label class="widget-label">rate</label>'
        + '<div class="noUi-handle"></div></div>')""")
    late.wait_for_selector(".noUi-handle[aria-label=rate]", timeout=5_000, state="attached")


def hand(page):
    """What the figure of a page was told of the hand, without the greetings."""
    return page.evaluate("sent.filter((message) => message.kind !== 'hello')")


def canvas_of(page):
    """Let the figure be there and drawn once; gives the place of its canvas on the page."""
    page.evaluate("attach()")
    page.evaluate("frame()")
    canvas = page.locator("canvas")
    canvas.wait_for()
    return canvas.bounding_box()


def test_two_strokes_drawn_while_the_kernel_is_busy_stay_two(late):
    """Is a pen that was lifted and put down elsewhere no line from here to there?"""
    box = canvas_of(late)
    for x in (20, 70):
        late.mouse.move(box["x"] + x, box["y"] + 20)
        late.mouse.down()
        late.mouse.move(box["x"] + x + 5, box["y"] + 30)
        late.mouse.up()
    assert len(hand(late)) == 1  # the others wait for its answer
    for _ in range(3):
        late.evaluate("frame({ answers: true })")
        late.wait_for_timeout(100)
    assert sum(message["first"] for message in hand(late)) == 2


def test_a_pointer_that_rests_is_told_the_numbers_under_it(late):
    """Are they those of the axes, on a linear side and on a logarithmic one?"""
    box = canvas_of(late)
    late.mouse.move(box["x"] + 50, box["y"] + 50)
    assert late.locator(".kit-value").text_content() == "x 5.0, y 10"
    late.mouse.move(box["x"] + 400, box["y"] + 400)
    late.wait_for_selector(".kit-value", state="hidden")


@pytest.mark.parametrize(("room", "tab"), [(50, "0"), (500, None)])
def test_a_picture_wider_than_the_page_scrolls_with_the_keyboard(late, room, tab):
    """Does Tab reach what is seen in part, and nothing that is seen whole?"""
    late.add_style_tag(path=PICTURE.parent / "picture.css")
    late.evaluate("room => { attach().style.width = `${room}px`; }", room)
    late.evaluate("frame()")
    late.wait_for_selector("canvas[data-drawn='1']")
    assert late.locator(".kit-scroll").get_attribute("tabindex") == tab
    assert late.locator("canvas").bounding_box()["width"] == (75 if tab else 100)


def test_a_canvas_without_pixels_takes_no_room(empty):
    """Is there no gap under the still picture while the kernel is busy?"""
    page = empty
    page.goto("about:blank")
    style = (PICTURE.parent / "picture.css").read_text(encoding="utf-8")
    page.set_content(f"<style>{style}</style><div class=kit-figure><div class=kit-touch>"
                     "<canvas class=kit-canvas></canvas></div></div>")  # fmt: skip
    assert not page.locator("canvas").is_visible()
    page.evaluate("document.querySelector('.kit-figure').classList.add('kit-awake')")
    assert page.locator("canvas").is_visible()
