"""Stands in for zhenggai.ui.assets."""


def build() -> None:
    """Nothing to build."""
