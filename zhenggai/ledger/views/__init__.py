"""The ledger's pages, a file a subject."""

from zhenggai.ledger.views.table import chain_of_duty

__all__ = ["chain_of_duty"]
