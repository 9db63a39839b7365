"""Tables for a person: HTML in JupyterLab, plain lines elsewhere."""

from __future__ import annotations

import html


class Table:
    """Rows of text; a cell `[name](address)` is a link."""

    def __init__(self, head: list[str], rows: list[list[str]], caption: str = "") -> None:
        self.head, self.rows, self.caption = head, rows, caption

    def __repr__(self) -> str:
        widths = [
            max(len(_text(row[i])) for row in [self.head, *self.rows])
            for i in range(len(self.head))
        ]
        lines = [
            "  ".join(
                _text(cell).ljust(width) for cell, width in zip(row, widths, strict=True)
            ).rstrip()
            for row in [self.head, *self.rows]
        ]
        return "\n".join([*lines, "", self.caption] if self.caption else lines)

    def _repr_html_(self) -> str:
        def row(cells: list[str], tag: str) -> str:
            scope = ' scope="col"' if tag == "th" else ""
            style = ' style="text-align:left"'
            return (
                "<tr>"
                + "".join(f"<{tag}{scope}{style}>{_html(c)}</{tag}>" for c in cells)
                + "</tr>"
            )

        body = "".join(row(cells, "td") for cells in self.rows)
        lines = html.escape(self.caption).split("\n\n")
        caption = "".join(f"<p>{line}</p>" for line in lines if line)
        return f"<table><thead>{row(self.head, 'th')}</thead><tbody>{body}</tbody></table>{caption}"


def _text(cell: str) -> str:
    """Show a link `[name](address)` as its name."""
    return cell[1:].partition("](")[0] if cell.startswith("[") else cell


def _html(cell: str) -> str:
    if cell.startswith("["):
        name, _, address = cell[1:-1].partition("](")
        return f'<a href="{html.escape(address, quote=True)}">{html.escape(name)}</a>'
    return html.escape(cell)
