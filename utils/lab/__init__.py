"""Open JupyterLab on the labs: `python -m utils.lab`, options as for `jupyter lab`."""
