"""JupyterLab for a learner: their own folder, no Formgrader, no list of courses to teach."""

from utils.lab import folder

c = get_config()  # noqa: F821  (given by traitlets)

c.ServerApp.root_dir = str(folder.prepare())
c.ServerApp.kernel_websocket_connection_class = "utils.lab.wire.AtOnce"
c.ServerApp.jpserver_extensions = {
    "nbgrader.server_extensions.formgrader": False,
    "nbgrader.server_extensions.course_list": False,
}
c.LabApp.app_settings_dir = str(folder.LEARNER.parent / "settings")
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.ContentsManager.pre_save_hook = "utils.lab.saving.tidied"
c.HTMLExporter.preprocessors = ["utils.lab.pages.Described"]
