"""Executed notebooks → HTML pages that need no network: one design, one navigation, the code folded away."""

from fashionnet.pages.site import write_page, write_pages

__all__ = ["write_page", "write_pages"]
