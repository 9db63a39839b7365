"""A course on a hub: two learners and an instructor, from the first password to the feedback."""

import csv
import io
import json
import os
import re
import socket
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

import nbformat
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import free_port
from tests.browser.driving import Lab, chromium, wait_until_it_answers
from tests.cohort import notebook, right
from tests.deploy.machine import PROXY, Machine

LAB = "03_softmax"
PLACE = "/srv/neural-network-labs"
COURSE = f"{PLACE}/course/labs"
EXCHANGE = f"{PLACE}/exchange/neural-networks"
ETC = "/etc/neural-network-labs"
ENVIRONMENT = "/opt/neural-network-labs/env"
PYTHON = f"{ENVIRONMENT}/bin/python"
CLASS = """\
username,role,first_name,last_name,email
ada,learner,Ada,Lovelace,ada@example.org
ben,learner,Ben,Ray,
cleo,instructor,Cleo,Shaw,
"""
LOCAL = "c.Spawner.args = ['--LabApp.expose_app_in_browser=True']\n"

pytestmark = [pytest.mark.hub, pytest.mark.browser, pytest.mark.jail, pytest.mark.slow]


@dataclass
class Hub:
    """A hub on a machine of its own, and what was seen in the round of a lab."""

    machine: Machine
    url: str
    settings: dict[str, str]
    passwords: dict[str, str] = field(default_factory=dict)
    seen: dict = field(default_factory=dict)
    number: int = 0

    def start(self) -> None:
        """Start the hub, and wait until it answers.

        On one processor, where its service marks: there is a worker with TensorFlow for each.
        """
        command = (PYTHON, "-m", "jupyterhub", "-f", f"{ETC}/jupyterhub_config.py")
        if self.settings.get("HUB_MARK_ON_SUBMIT"):
            command = ("taskset", "-c", min(os.sched_getaffinity(0)), *command)
        self.number, log = self.machine.start(
            "root", *command, cwd=f"{PLACE}/hub", env=self.settings
        )
        health = f"{self.url}/hub/health"
        wait_until_it_answers(health, lambda: self.machine.runs(self.number), log, 180)

    def kill(self) -> None:
        """End the hub as a power cut would; the course's service ends with it."""
        self.machine.ok("root", "kill", "-KILL", self.number)
        deadline = time.monotonic() + 60
        while answers(self.settings["HUB_COURSE_URL"]):
            assert time.monotonic() < deadline, "the course's service has outlived its hub"
            time.sleep(0.1)

    def learner(self, name: str, *command: str) -> str:
        """Run a learner's command, as in a terminal of theirs; return what it said."""
        env = {"PATH": f"{ENVIRONMENT}/bin:/usr/bin:/bin"}
        (config,) = self.machine.path(ENVIRONMENT).glob("lib/python*/site-packages/utils/lab")
        inside = f"/{config.relative_to(self.machine.path('/'))}/learner"
        env |= {"JUPYTER_CONFIG_PATH": inside, "NBGRADER_EXCHANGE": f"{PLACE}/exchange"}
        return self.machine.ok(name, "-m", *command, env=env)

    def course(self, *command: str) -> str:
        """Run an instructor's command, as in a terminal of the course; return what it said."""
        env = {"PATH": f"{ENVIRONMENT}/bin:/usr/bin:/bin", "PYTHONPATH": COURSE}
        env |= {"JUPYTER_CONFIG_PATH": COURSE, "NBGRADER_EXCHANGE": f"{PLACE}/exchange"}
        return self.machine.ok("neural-networks", "-m", *command, cwd=COURSE, env=env)

    def sign_in(self, page: Page, name: str, where: str = "") -> None:
        """Sign in on the hub's page."""
        page.goto(f"{self.url}/hub/login?next={where}")
        page.locator("#username_input").fill(name)
        page.locator("#password_input").fill(self.passwords[name])
        page.locator("#login_submit").click()


def answers(url):
    """Tell whether something listens at an address."""
    place = urllib.parse.urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((place.hostname, place.port)) == 0


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A hub that was set up with the project's commands."""
    folder = tmp_path_factory.mktemp("machine")
    with Machine(folder, ENVIRONMENT, [PROXY.parents[2]]) as machine:
        ports = [free_port() for _ in range(4)]
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        names = ["HUB_BIND_URL", "HUB_INTERNAL_URL", "HUB_PROXY_API_URL", "HUB_COURSE_URL"]
        settings = dict(zip(names, urls, strict=True)) | {"HUB_PROXY": str(PROXY)}
        install = machine.project / "deploy" / "jupyterhub" / "install.py"
        machine.ok("root", PYTHON, install, "--keep-programs")
        machine.path(f"{ETC}/local_config.py").write_text(LOCAL)
        machine.path("/srv/class.csv").write_text(CLASS)
        said = machine.ok("root", PYTHON, f"{ETC}/people.py", "/srv/class.csv")
        assert "3 people, 3 of them new" in said
        passwords = machine.path(f"{PLACE}/hub/passwords.csv").read_text()
        hub = Hub(machine, urls[0], settings, dict(csv.reader(io.StringIO(passwords))))
        hub.start()
        yield hub


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def page(browser):
    """A page in which nobody is signed in."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def instructor(browser):
    """A page for an instructor."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


WHAT_A_LEARNER_SEES = """() => ({
    files: [...document.querySelectorAll('.jp-DirListing-itemText')].map(e => e.innerText),
    commands: window.jupyterapp.commands.listCommands().filter(name => name.includes('nbgrader')),
})"""
RIGHT = """def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)
"""


def ada_hands_in(hub, page):
    """Sign in, fetch the lab from the list, answer one exercise, check it, submit."""
    hub.sign_in(page, "ada")
    page.wait_for_url("**/user/ada/lab**", timeout=120_000)
    lab = Lab(page, f"{hub.url}/user/ada")
    lab.open()
    hub.seen["learner"] = page.evaluate(WHAT_A_LEARNER_SEES)
    lab.open_assignment_list()
    lab.fetch(LAB)
    lab.run(lab.cell_with("from utils.checks import Check"))
    lab.write(lab.cell("softmax_answer"), RIGHT)
    lab.run(lab.cell("softmax_answer"))
    hub.seen["check"] = lab.run(lab.cell("softmax"))
    save(page)
    lab.open_assignment_list()
    lab.assignments("fetched").get_by_role("button", name="Submit").click()
    expect(lab.assignments("submitted").filter(has_text=LAB)).to_be_visible(timeout=30_000)


def save(page):
    """Save what is open."""
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.wait_for_function("!window.jupyterapp.shell.currentWidget?.context?.model?.dirty")


def ada_goes_on(page):
    """Change the notebook that was open and save it."""
    page.get_by_role("tab", name=f"{LAB}.ipynb").click()
    page.evaluate("window.jupyterapp.shell.currentWidget.content.model.setMetadata('later', true)")
    save(page)


def ada_reads_feedback(hub, page):
    """Fetch the feedback from the list."""
    lab = Lab(page, f"{hub.url}/user/ada")
    lab.open()
    lab.open_assignment_list()
    row = lab.assignments("submitted").filter(has_text=LAB).first
    row.get_by_role("button", name="Fetch Feedback").click()
    expect(lab.assignments("submitted").get_by_text("View Feedback").first).to_be_visible()


@pytest.fixture(scope="module")
def course(hub, page, instructor, tmp_path_factory):
    """The hub after the round of a lab: Ada works in the browser, Ben in a terminal."""
    hub.course("nbgrader", "release_assignment", LAB)
    try:
        ada_hands_in(hub, page)
    except BaseException:
        page.screenshot(path=tmp_path_factory.mktemp("failed") / "last.png")
        raise
    hub.learner("ben", "nbgrader", "fetch_assignment", LAB)
    own = hub.machine.path(f"/home/ben/neural-networks/{LAB}/{LAB}.ipynb")
    own.write_text(json.dumps(notebook(LAB, right(LAB))))
    hub.learner("ben", "nbgrader", "submit", LAB)
    inbound, later = f"{EXCHANGE}/inbound", time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    forged = f"{inbound}/ada+{LAB}+{later}+x"
    hub.machine.ok("ben", "cp", "-r", f"/home/ben/neural-networks/{LAB}", forged)
    hub.sign_in(instructor, "cleo", "/hub/home")
    instructor.wait_for_url("**/hub/home")
    hub.kill()
    ada_goes_on(page)
    hub.start()
    hub.course("nbgrader", "collect", LAB)
    hub.course("autograder", "grade", LAB, "--workers", "1", "--json", "/tmp/scores.json")
    hub.course("nbgrader", "release_feedback", LAB)
    hub.learner("ben", "nbgrader", "fetch_feedback", LAB)
    ada_reads_feedback(hub, page)
    return hub


def test_a_learner_sees_labs_and_nothing_of_the_course(course):
    """Are there the start page and the Assignment List, and no answers, Formgrader or authoring?"""
    assert course.seen["learner"]["files"] == ["00_start.ipynb"]
    commands = " ".join(course.seen["learner"]["commands"])
    assert "assignment-list" in commands
    assert not re.search("create-assignment|formgrader|course-list", commands)


def test_a_fetched_lab_checks_answers_without_the_autograder(course):
    """Does a learner's kernel find what the lab imports, and nothing of the instructors'?"""
    assert re.search(r"(\d+) of \1 visible checks pass", course.seen["check"])
    done = course.machine.run("ben", PYTHON, "-c", "import autograder")
    assert "No module named 'autograder'" in done.said


def test_everybody_gets_their_own_marks(course):
    """Has each learner the points of their own work, and nobody those of a forged one?"""
    marked = json.loads(course.machine.path("/tmp/scores.json").read_text())["submissions"]
    assert {each["student"]: each["points"] for each in marked} == {"ada": 20.0, "ben": 100.0}


@pytest.mark.parametrize("name", ["ada", "ben"])
def test_feedback_reaches_its_learner(course, name):
    """Is the page in the learner's own folder?"""
    (page,) = course.machine.path(f"/home/{name}/neural-networks/{LAB}").glob("feedback/*/*.html")
    assert "softmax" in page.read_text(encoding="utf-8")


def test_a_hub_that_was_killed_lost_nothing(course):
    """Is what was saved while it was down in the file, and the submission from before collected?"""
    kept = course.machine.path(f"/home/ada/neural-networks/{LAB}/{LAB}.ipynb")
    assert nbformat.read(kept, as_version=4).metadata["later"] is True
    assert course.machine.path(f"{COURSE}/course/submitted/ada/{LAB}/{LAB}.ipynb").is_file()


REACHED = """
import os, sys
for top in sys.argv[1:]:
    for folder, _, files in os.walk(top):
        for name in files:
            try:
                open(os.path.join(folder, name), "rb").close()
                print(os.path.join(folder, name))
            except OSError:
                pass
"""


def test_a_learner_reaches_no_file_of_others(course):
    """Of all that lies in the course's and in others' folders, can a learner read releases only?"""
    said = course.machine.ok("ben", PYTHON, "-c", REACHED, PLACE, "/home", ETC)
    others = [path for path in said.splitlines() if not path.startswith("/home/ben/")]
    allowed = re.compile(rf"{EXCHANGE}/outbound/|{ETC}/[\w/.-]+\.pyc?$")
    assert f"{EXCHANGE}/outbound/{LAB}/{LAB}.ipynb" in others
    assert not [path for path in others if not allowed.match(path)]


def test_knowing_the_name_of_a_file_is_of_no_use(course):
    """Are secret, gradebook, answers, checks and another's work refused by their very names?"""
    machine = course.machine
    (handed_in,) = machine.path(f"{EXCHANGE}/inbound").glob(f"ada+{LAB}+*[!x]")
    names = [
        *(f"{COURSE}/{name}" for name in ("course/.secret", "course/gradebook.db")),
        *(f"{COURSE}/{name}" for name in (f"solutions/{LAB}.py", "autograder/__init__.py")),
        *(f"{COURSE}/course/{kind}/ada/{LAB}/{LAB}.ipynb" for kind in ("submitted", "autograded")),
        f"{COURSE}/course/feedback/ada/{LAB}/{LAB}.html",
        f"{EXCHANGE}/inbound/{handed_in.name}/{LAB}.ipynb",
        f"/home/ada/neural-networks/{LAB}/{LAB}.ipynb",
        *(f"{PLACE}/hub/{name}" for name in ("passwords.csv", "jupyterhub.sqlite")),
        *(f"{PLACE}/hub/cookie_secret", f"{ETC}/hub.env"),
    ]
    assert not [name for name in names if not machine.path(name).is_file()]
    tried = [machine.run("ben", "cat", name) for name in names]
    assert not [name for name, done in zip(names, tried, strict=True) if done.status == 0]
    assert all("Permission denied" in done.said for done in tried)


def opened_course(hub, page):
    """Open the course's Formgrader; return what the page says."""
    page.goto(f"{hub.url}/services/course/formgrader/manage_assignments")
    return page.locator("body")


def test_an_instructor_who_was_signed_in_before_the_hub_died_is_in_the_course(course, instructor):
    """Does the course's Formgrader open, without signing in again?"""
    expect(opened_course(course, instructor)).to_contain_text("Manage Assignments", timeout=30_000)


def test_the_course_is_closed_to_a_learner(course, browser):
    """Is a learner who is signed in refused?"""
    context = browser.new_context()
    page = context.new_page()
    course.sign_in(page, "ben", "/hub/home")
    page.wait_for_url("**/hub/home")
    expect(opened_course(course, page)).to_contain_text("You do not have permission")
    context.close()


def test_people_are_added_once(course):
    """Does the same file change nothing, and is another's account left alone?"""
    command = (PYTHON, f"{ETC}/people.py", "/srv/class.csv")
    shadow = course.machine.path("/etc/shadow").read_text()
    assert "3 people, 0 of them new" in course.machine.ok("root", *command)
    course.machine.path("/srv/class.csv").write_text(CLASS + "daemon,learner,,,\n")
    done = course.machine.run("root", *command)
    assert done.status == 1
    assert "line 5: this machine has a user daemon" in done.said
    assert course.machine.path("/etc/shadow").read_text() == shadow
    names = course.course("nbgrader", "db", "student", "list")
    assert "Ada" in names
    assert "cleo" not in names


def test_with_the_hub_s_marking_service_feedback_comes_by_itself(course):
    """Is what is handed in marked and its page in the exchange, with nobody at the desk?"""
    course.kill()
    course.settings["HUB_MARK_ON_SUBMIT"] = "1"
    course.start()
    feedback = course.machine.path(f"{EXCHANGE}/feedback")
    before = set(feedback.iterdir())
    course.learner("ben", "nbgrader", "submit", LAB)
    deadline = time.monotonic() + 180
    while set(feedback.iterdir()) == before:
        assert time.monotonic() < deadline, "no feedback has come"
        time.sleep(0.2)
    course.learner("ben", "nbgrader", "fetch_feedback", LAB)
    pages = course.machine.path(f"/home/ben/neural-networks/{LAB}").glob("feedback/*/*.html")
    assert len(list(pages)) == 2
