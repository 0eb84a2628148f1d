"""A believable ledger of any size, reproducible from a seed, for benchmarks and for tests of size."""
