"""Interactive figures, one module a lab; `kit` is what they are built with."""

import logging
import os

# Labs import their figures first. So TensorFlow keeps its start-up log off the page, and rounds
# alike on every processor.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# Each `fit` of a new model is traced anew: expected here, and no reason for a warning on the page.
logging.getLogger("tensorflow").addFilter(lambda record: "retracing" not in str(record.msg))
