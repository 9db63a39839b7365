"""Is a file of people read as it stands, and a slip told with its line before anything is done?"""

import importlib
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2] / "deploy" / "jupyterhub"
HEAD = "username,role,first_name,last_name,email\n"


@pytest.fixture(scope="module")
def people():
    """The command that adds people, as a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HERE))
        yield importlib.import_module("people")
    for name in ("people", "layout"):
        sys.modules.pop(name, None)


def test_people_are_read_as_a_spreadsheet_writes_them(people, tmp_path):
    """Do a byte order mark, spaces and missing names do no harm?"""
    path = tmp_path / "class.csv"
    path.write_text("\ufeff" + HEAD + "zz-ada, learner ,Ada,Lovelace\nzz-cleo,instructor,,,\n")
    ada, cleo = people.read(path)
    assert (ada.username, ada.role, ada.last_name, ada.email) == (
        "zz-ada",
        "learner",
        "Lovelace",
        "",
    )
    assert cleo.role == "instructor"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,role\nada,learner\n", "its first line names no 'username'"),
        (HEAD + "Ada,learner,,,\n", "line 2: 'Ada' is no user name"),
        (HEAD + "../x,learner,,,\n", "line 2: '../x' is no user name"),
        (HEAD + "zz-ada,student,,,\n", "line 2: 'student' is no role"),
        (HEAD + "zz-a,learner\nzz-b,learner\nzz-a,learner\n", "line 4: zz-a stands in line 2"),
        (HEAD + "root,instructor,,,\n", "line 2: this machine has a user root"),
    ],
)  # fmt: skip
def test_a_slip_is_told_with_its_line(people, tmp_path, text, said):
    """Is a file that is not in order refused as a whole, with the next step?"""
    path = tmp_path / "class.csv"
    path.write_text(text)
    with pytest.raises(people.Wrong) as told:
        people.read(path)
    assert said in str(told.value)


def test_a_file_that_is_no_text_is_told(people, tmp_path):
    """Is a spreadsheet that was not saved as CSV named as such?"""
    path = tmp_path / "class.csv"
    path.write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(people.Wrong, match="Save it as CSV, UTF-8"):
        people.read(path)


def test_settings_of_the_site_come_from_its_file_unless_the_environment_says_otherwise(
    people, tmp_path, monkeypatch
):
    """Are comments skipped, and values with an equals sign kept whole?"""
    layout = people.layout
    monkeypatch.setattr(layout, "SETTINGS", tmp_path / "hub.env")
    layout.SETTINGS.write_text("# a note=1\nCOURSE_DB_URL=postgresql://x?a=b\nHUB_BIND_URL=file\n")
    monkeypatch.setenv("HUB_BIND_URL", "environment")
    monkeypatch.delenv("COURSE_DB_URL", raising=False)
    found = layout.settings()
    assert found["COURSE_DB_URL"] == "postgresql://x?a=b"
    assert found["HUB_BIND_URL"] == "environment"
    assert "# a note" not in found
    assert layout.course_environment()["COURSE_DB_URL"] == "postgresql://x?a=b"
