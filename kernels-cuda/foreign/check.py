"""Runs kernels that others wrote through `xp kernel run` and compares with references computed here.

    check.py XP FOLDER [NAME...]      XP: the launcher, FOLDER: PTX made by compile.sh, NAME: parts of the names of cases to run

Prints a line a kernel; ends with 1 if one of them is wrong.
"""
import math
import os
import random
import subprocess
import sys
import tempfile

import safetensors
from safetensors import bf16

RANDOM = random.Random(1)
CASES = []


class Case:
    def __init__(self, file, entry, grid, block, args, tensors, expected, shared=0, symbols=(), bound=2e-5, more=(), reports=None):
        self.__dict__.update(locals())


def case(*args, **more):
    CASES.append(Case(*args, **more))


def normal(n, kind="F32"):
    values = [RANDOM.gauss(0, 1) for _ in range(n)]
    return (kind, [bf16(v) for v in values] if kind == "BF16" else values)


def uniform(n, low=0.0, high=1.0):
    return ("F32", [RANDOM.uniform(low, high) for _ in range(n)])


def integers(n, below, kind="I32"):
    return (kind, [RANDOM.randrange(below) for _ in range(n)])


def zeros(n, kind="F32"):
    return (kind, [0] * n)


def buf(names):
    return ["buf:" + name for name in names.split()]


def i32(*values):
    return ["i32:%d" % v for v in values]


def ceil(a, b):
    return -(-a // b)


def run(xp, folder, test):
    """The largest error, or what is wrong. A kernel with a mistake of its own must be reported, and be right without the checks."""
    if test.reports:
        found = once(xp, folder, test)
        if not isinstance(found, str) or test.reports not in found:
            return "no report of a %s: %s" % (test.reports, found)
        return once(xp, folder, test, "--no-check") if test.expected() else 0.0
    return once(xp, folder, test)


def once(xp, folder, test, *more):
    with tempfile.TemporaryDirectory() as scratch:
        before, after = os.path.join(scratch, "in.safetensors"), os.path.join(scratch, "out.safetensors")
        safetensors.write(before, test.tensors)
        command = [xp, "kernel", "run", os.path.join(folder, test.file + ".ptx"), "--entry", test.entry, "--grid", test.grid, "--block", test.block,
                   "--shared", str(test.shared), "--in", before, "--out", after, "-q"] + list(test.more) + list(more)
        for arg in test.args:
            command += ["--arg", arg]
        for symbol in test.symbols:
            command += ["--symbol", symbol]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            return "exit code %d: %s" % (done.returncode, done.stderr.strip().splitlines()[-1][:300])
        found = safetensors.read(after)
        worst = 0.0
        for name, expected in test.expected().items():
            if len(expected) > len(found[name]):
                return "%s has %d elements, expected %d" % (name, len(found[name]), len(expected))
            for i, (f, e) in enumerate(zip(found[name], expected)):
                if e is None:  # not looked at
                    continue
                error = abs(f - e) / max(1.0, abs(e))
                if not error <= test.bound:
                    return "%s[%d] is %r, expected %r" % (name, i, f, e)
                worst = max(worst, error)
        return worst


def softmax(row):
    top = max(row)
    powers = [math.exp(x - top) for x in row]
    total = sum(powers)
    return [p / total for p in powers]


def rows(values, n):
    return [values[i:i + n] for i in range(0, len(values), n)]


def flat(matrix):
    return [x for row in matrix for x in row]


def product(a, b, bias=None):
    """a [m][k] times the transpose of b [n][k], plus bias [n]."""
    return [[sum(x * y for x, y in zip(left, right)) + (bias[j] if bias else 0) for j, right in enumerate(b)] for left in a]


def main(xp, folder, names):
    wrong = 0
    for test in CASES:
        title = "%s %s" % (test.file, test.entry)
        if names and not any(name in title for name in names):
            continue
        result = run(xp, folder, test)
        good = isinstance(result, float)
        wrong += not good
        print("%-5s %-90s %s%s" % ("ok" if good else "WRONG", title[:90], "%.1e" % result if good else result,
                                   ", and a %s of its own is reported" % test.reports if good and test.reports else ""), flush=True)
    print("%d wrong" % wrong)
    return 1 if wrong else 0
