"""The parts of `scripts.bench_localise`."""
