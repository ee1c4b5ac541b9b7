"""Tracr's way of writing RASP in Python, for RASP Playground.

Programs written for Tracr import names from here. The text is this project's own; what it follows is how Tracr's interpreter behaves, and
docs/tracr.md says where it differs. Nothing is compiled here: expressions are built and evaluated, and the engine does the rest.
"""
