"""Interactive figures, one module a lab; `kit` is what they are built with."""
