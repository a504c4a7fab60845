"""Measure what the tutorial claims: speed, waiting time and idle cost, way by way."""
