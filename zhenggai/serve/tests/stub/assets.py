"""Stands in for zhenggai.ui.assets."""


def build() -> bool:
    """Nothing to build."""
    return False
