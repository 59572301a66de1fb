"""A few checks in a row: each prints `ok name` or `FAIL name: reason`, the end prints the counts.

The scripts of this folder are run by the test command against a demo site, with these variables:
BASE (its address), API_KEY (for Open311), LIANXIN (the program), SITE (the site's folder).
"""

import os
import subprocess
import sys
import traceback

BASE = os.environ.get("BASE", "").rstrip("/")
API_KEY = os.environ.get("API_KEY", "")
SITE = os.environ.get("SITE", "")
OPEN311 = BASE + "/open311/v2"


class Skip(Exception):
    """A check that cannot run here; the text says why."""


class Checks:
    """Counts checks; a check is a function that raises when something does not hold."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def check(self, name, function, *arguments):
        """Runs one check. Its result is handed back, None when it did not hold."""
        try:
            result = function(*arguments)
        except Skip as why:
            self.skipped += 1
            print(f"skip {name}: {why}")
            return None
        except Exception as error:
            self.failed += 1
            # Where the check stands, rather than where `require` raised.
            frames = traceback.extract_tb(error.__traceback__)
            place = ([one for one in frames if one.filename != __file__] or frames)[-1]
            reason = " ".join(str(error).split()) or type(error).__name__
            if not isinstance(error, AssertionError):
                reason = f"{type(error).__name__}: {reason}"
            print(f"FAIL {name}: {reason[:600]} ({os.path.basename(place.filename)}:{place.lineno})")
            return None
        self.passed += 1
        print(f"ok {name}")
        return result

    def finish(self):
        """Prints the counts, which the test command reads, and ends."""
        print(f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped")
        sys.exit(1 if self.failed else 0)


def require(condition, reason):
    """An assertion that is told in words."""
    if not condition:
        raise AssertionError(reason)


def lianxin(*arguments):
    """Runs our program; what it printed. It must end well."""
    program = os.environ.get("LIANXIN", "")
    require(program, "LIANXIN names no program")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=600)
    require(done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stderr.strip()[-400:]}")
    return done.stdout
