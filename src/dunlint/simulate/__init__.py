"""Made-up records of agency portfolios, with violations planted and listed (`simulate`)."""

from dunlint.simulate.write import simulate

__all__ = ["simulate"]
