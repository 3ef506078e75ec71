"""Brings a fresh checkout to the point where Privet runs: system libraries, .venv, llama.cpp, models.

Standard library only: it runs before anything is installed. The modules up to the choice of the interpreter
(`layout`, `failure`, `interpreter`, `stamp`, `main`) stay readable for Python 3.7, so that an old one gets a
sentence instead of a traceback.
"""
