"""Does JupyterLab, as the labs start it, save what stands?"""

import nbformat
from nbconvert import HTMLExporter
from traitlets.config.loader import KVArgParseConfigLoader

from utils.lab import __main__ as lab
from utils.lab import saving


def test_buttons_are_saved_as_their_text():
    """Does a saved lab hold no button of a check that would do nothing the next day?"""
    view = {saving.VIEW: {"model_id": "1"}, "text/plain": "Stuck?"}
    kept = nbformat.v4.new_output("display_data", dict(view))
    gone = nbformat.v4.new_output("display_data", dict(view), metadata={"labs": "until saved"})
    content = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[kept, gone])])
    saving.tidied({"type": "notebook", "content": content})
    kept, gone = content.cells[0].outputs
    assert saving.VIEW in kept.data
    assert gone.data == {"text/plain": "Stuck?"}


def test_an_exported_page_says_what_its_pictures_show(monkeypatch, tmp_path):
    """Do the words beside a picture in the file become its alternative text, with its size?"""
    monkeypatch.setattr(lab.folder, "prepare", lambda: tmp_path)
    given = [option for option in lab.options() if option.startswith("--HTMLExporter")]
    config = KVArgParseConfigLoader(given).load_config()
    look = {"image/png": {"alt": "A curve < 1.", "width": 300}}
    picture = nbformat.v4.new_output("display_data", {"image/png": "iVBO"}, metadata=look)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(outputs=[picture])])
    page, _ = HTMLExporter(config=config).from_notebook_node(notebook)
    assert 'src="data:image/png;base64,iVBO" width="300"' in page
    assert "A curve &lt; 1." in page
