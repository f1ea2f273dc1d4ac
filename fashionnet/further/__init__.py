"""Longer runs beside the pipeline, each one command: the choice of learning rates, and the claims on several seeds.

Their outcome is committed, and the pipeline's pages show it; the pipeline does not run them.
"""
