"""A hub for one course on one machine: every person is a system user, and so is the course.

A learner gets a JupyterLab of their own, without a way to the course's files. Instructors get the
same, and beside it the course itself: a JupyterLab that runs as the course's account, under
*Services*, *course*. People are added with `people.py`; changes of your own go into
`local_config.py` beside this file.
"""

import grp
import os
import pwd
import sys
from pathlib import Path

from jupyterhub.auth import PAMAuthenticator

sys.path.insert(0, str(Path(__file__).resolve().parent))
import layout

c = get_config()  # noqa: F821  (given by traitlets)
settings = layout.settings()
server = [str(layout.PYTHON), "-m", "jupyterhub.singleuser"]

# --- the hub --------------------------------------------------------------------------------------

# Passwords go over this address: anything but this machine's own needs TLS, see README.md.
c.JupyterHub.bind_url = settings.get("HUB_BIND_URL", "http://127.0.0.1:8000")
c.JupyterHub.hub_bind_url = settings.get("HUB_INTERNAL_URL", "http://127.0.0.1:8081")
c.JupyterHub.db_url = f"sqlite:///{layout.HUB}/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = str(layout.HUB / "cookie_secret")
c.ConfigurableHTTPProxy.command = [settings.get("HUB_PROXY", str(layout.PROXY))]
c.ConfigurableHTTPProxy.api_url = settings.get("HUB_PROXY_API_URL", "http://127.0.0.1:8001")
c.ConfigurableHTTPProxy.pid_file = str(layout.HUB / "proxy.pid")
# Who works goes on while the hub is stopped, and is found again when it starts.
c.JupyterHub.cleanup_servers = False
c.JupyterHub.cleanup_proxy = False

# --- who may come in ------------------------------------------------------------------------------


def groups_of(name):
    """Return the groups of this course that the system says somebody is in, now."""
    own = os.getgrouplist(name, pwd.getpwnam(name).pw_gid)
    names = (layout.LEARNERS, layout.INSTRUCTORS)
    return [name for name in names if grp.getgrnam(name).gr_gid in own]


class Accounts(PAMAuthenticator):
    """Users of the system, in the groups of this course that they are in there."""

    async def refresh_user(self, user, handler=None):
        """Look the groups up again: who becomes an instructor need not sign in anew."""
        try:
            return {"name": user.name, "groups": groups_of(user.name)}
        except KeyError:  # the account is gone
            return False


c.JupyterHub.authenticator_class = Accounts
c.Accounts.open_sessions = False
c.Accounts.allowed_groups = {layout.LEARNERS, layout.INSTRUCTORS}
c.Accounts.manage_groups = True
c.Accounts.post_auth_hook = lambda authenticator, handler, model: (
    model | {"groups": groups_of(model["name"])}
)

# --- a learner's server ---------------------------------------------------------------------------

c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = server
c.Spawner.environment = layout.learners_environment()
c.Spawner.default_url = "/lab/tree/00_start.ipynb"
c.Spawner.env_keep = ["LANG", "LC_ALL", "PATH"]
c.Spawner.http_timeout = c.Spawner.start_timeout = 120  # the first start of a cold machine

# --- the course, for instructors ------------------------------------------------------------------

c.JupyterHub.load_roles = [
    {
        "name": "instructor",
        "groups": [layout.INSTRUCTORS],
        "scopes": ["access:services!service=course"],
    }
]
c.JupyterHub.services = [
    {
        "name": "course",
        "url": settings.get("HUB_COURSE_URL", "http://127.0.0.1:8082"),
        # It ends with the hub, whose next start begins it anew.
        "command": [
            *("setpriv", "--pdeathsig", "TERM", "--", *server),
            f"--ServerApp.root_dir={layout.CHECKOUT}",
            "--ServerApp.default_url=/lab",
            f"--LabApp.app_settings_dir={layout.CHECKOUT}/utils/lab/settings",
            "--ContentsManager.pre_save_hook=utils.lab.saving.tidied",
            "--ServerApp.kernel_websocket_connection_class=utils.lab.wire.AtOnce",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ],
        "user": layout.ACCOUNT,
        "cwd": str(layout.CHECKOUT),
        "environment": layout.course_environment(),
        "oauth_no_confirm": True,
        "timeout": 120,  # as above: a hub whose service does not answer in time gives up
    }
]

# --- marked on submit -----------------------------------------------------------------------------

if settings.get("HUB_MARK_ON_SUBMIT"):
    c.JupyterHub.services.append(
        {
            "name": "marking",
            # The hub starts it again when it ends; killed at any moment, it loses nothing.
            "command": [
                *("setpriv", "--pdeathsig", "TERM", "--"),
                *(str(layout.PYTHON), "-m", "autograder", "serve"),
            ],
            "user": layout.ACCOUNT,
            "cwd": str(layout.CHECKOUT),
            "environment": layout.course_environment(),
        }
    )

local = layout.CONFIGURATION / "local_config.py"
if local.exists():
    load_subconfig(local.name, path=str(local.parent))  # noqa: F821
