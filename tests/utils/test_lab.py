"""Does JupyterLab, as the labs start it, save what stands?"""

import nbformat

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
