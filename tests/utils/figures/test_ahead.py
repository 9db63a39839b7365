"""Libraries that are imported while the kernel rests."""

import asyncio
import sys

from utils.figures import ahead


def test_a_resting_kernel_imports_them_one_by_one(monkeypatch):
    """Is each imported once, in order, and is one that is missing no trouble?"""
    monkeypatch.setattr(ahead, "REST", 0)
    monkeypatch.setattr(ahead, "PAUSE", 0)
    monkeypatch.setattr(ahead, "_waiting", [])
    monkeypatch.delitem(sys.modules, "this_is_missing", raising=False)
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    async def kernel():
        ahead.libraries("this_is_missing", "sys", "colorsys")
        seen = "colorsys" in sys.modules
        for _ in range(8):
            await asyncio.sleep(0.001)
        return seen

    assert asyncio.run(kernel()) is False
    assert "colorsys" in sys.modules
    assert ahead.one() == ""
