"""Benchmarks: how fast Barr X is, measured on real pictures and with a real server, not asserted.

    python -m tests.benchmarks.map --home FOLDER      the map in a browser: seconds and frames

Each prints a table of medians with their spread. FOLDER is a BARRX_HOME that keeps the collections made for it: the
first run makes them (about half an hour for 100,000 pictures), later ones find them there. The pictures are those
of Debian's package openclipart-png (``apt-get install openclipart-png``); Chromium and ``tests/requirements.txt``
are needed too. Run a benchmark on a machine that does nothing else.
"""
