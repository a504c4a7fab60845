# SPDX-License-Identifier: Apache-2.0
"""Measure what the tutorial claims: speed, waiting time and idle cost, way by way."""
