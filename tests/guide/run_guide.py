#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run_guide.py <build folder> <guide> <compiler>

Does what a guide says, in an empty directory, with the agent and the SDK of a build folder. Fenced
blocks of the guide are:

    ```sh             run, one after the other in one shell; the first failure ends it
    ```sh packages    `apt install` lines: the packages named have to be installed
    ```output         lines that the block above has printed, in this order; ... stands for any text

Other blocks are for reading only. What is installed beside the guide has to be there for its reader:
no page links to a file that is not installed, neither with the SDK alone nor with the agent. The
exit status is 0 when all of it went as the guide says.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

PATIENCE = 1500  # seconds, of a test that fails

# Runs a block of the guide with its output in a file of its own.
FRAME = """exec >"$OUT/{line}" 2>&1
{text}
exec >&3 2>&1
echo "guide:{line}: done"
"""


def blocks(guide):
    """(line, info string, text) of each fenced block."""
    info, first, text = None, 0, []
    for number, line in enumerate(guide.read_text().splitlines(), 1):
        if info is None and line.startswith("```"):
            info, first, text = line[3:].strip(), number, []
        elif info is not None and line == "```":
            yield first, info, "\n".join(text)
            info = None
        elif info is not None:
            text.append(line)


def check_packages(text):
    """Names that are not installed, of the words after `install`."""
    names = [word for line in text.splitlines() if " install " in line
             for word in line.split(" install ")[1].split()]
    known = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n"] + names,
        capture_output=True, text=True, check=False).stdout.splitlines()
    return [name for name in names if f"installed {name}" not in known]


def missing_line(expected, printed):
    """The first expected line that was not printed at its turn, None when all were."""
    rest = iter(printed.splitlines())
    for line in filter(str.strip, expected.splitlines()):
        pattern = ".*".join(re.escape(part) for part in line.rstrip().split("..."))
        if not any(re.fullmatch(pattern, other.rstrip()) for other in rest):
            return line
    return None


def install(build, root, component):
    """What `cmake --install` of a component puts on a machine, below `root`; the prefix there."""
    subprocess.run(["cmake", "--install", build, "--component", component], check=True,
                   stdout=subprocess.DEVNULL, env={**os.environ, "DESTDIR": str(root)})
    for line in (pathlib.Path(build) / "CMakeCache.txt").read_text().splitlines():
        if line.startswith("CMAKE_INSTALL_PREFIX:"):
            return pathlib.Path(f"{root}{line.split('=', 1)[1]}")
    raise SystemExit(f"{build} has no install prefix")


def broken_links(prefix):
    """Links of the installed pages to files that are not installed."""
    pages = sorted(prefix.glob("share/doc/**/*.md"))
    problems = [] if pages else [f"no pages are installed below {prefix}"]
    for page in pages:
        for link in re.findall(r"\]\(([\w./-]+)[)#]", page.read_text()):
            if not (page.parent / link).exists():
                problems.append(f"{page.name}: links to {link}, which is not installed")
    return problems


def end_leftovers(work):
    """Kills what a guide that failed has left running below `work`."""
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            program = os.readlink(entry / "exe")
        except OSError:
            continue  # ended, or a thread of the kernel
        if program.startswith(f"{work}/"):
            os.kill(int(entry.name), signal.SIGKILL)


def run(guide, work, prefix, compiler):
    """Follows the guide; a list of what went otherwise."""
    out = work / "out"
    out.mkdir()
    home = work / "home"
    home.mkdir()
    found = list(blocks(guide))
    script = "set -eu\nexec 3>&1\n" + "".join(
        FRAME.format(line=line, text=text) for line, info, text in found if info == "sh")
    environment = {
        **os.environ, "HOME": str(home), "PREFIX": str(prefix), "OUT": str(out), "CXX": compiler,
        "CCACHE_BASEDIR": str(work), "CCACHE_NOHASHDIR": "1"}
    if shutil.which("ccache"):
        environment["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
    # A session of its own, so that all of it can be ended.
    with subprocess.Popen(["bash", "-c", script], cwd=home, env=environment,
                          stdin=subprocess.DEVNULL, start_new_session=True) as shell:
        try:
            status = shell.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            status = "no end"
            os.killpg(shell.pid, signal.SIGKILL)
    problems = []
    if status != 0:
        latest = max(out.iterdir(), key=lambda file: int(file.name), default=None)
        where = f"{guide}:{latest.name}" if latest else str(guide)
        problems.append(f"{where}: ended with {status}")
        problems += [latest.read_text()[-6000:]] if latest else []
        problems += [log.read_text()[-6000:] for log in home.glob("**/holdfastd.log")]
        return problems
    last = None
    for line, info, text in found:
        if info == "sh":
            last = (out / str(line)).read_text()
        elif info == "sh packages":
            problems += [f"{guide}:{line}: {name} is not installed"
                         for name in check_packages(text)]
        elif info == "output":
            missing = missing_line(text, last)
            if missing is not None:
                problems.append(f"{guide}:{line}: '{missing}' did not come; this did:\n{last}")
    return problems


def main():
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    build, guide, compiler = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    os.umask(0o022)  # folders with plugins must not be writable for others
    work = pathlib.Path(tempfile.mkdtemp(prefix="guide-"))
    try:
        problems = []
        for component in ("holdfast-sdk-dev", "holdfastd"):
            prefix = install(build, work / "root", component)
            problems += broken_links(prefix)
        problems += run(guide, work, prefix, compiler)
    finally:
        end_leftovers(work)
        shutil.rmtree(work)
    print("\n".join(problems))
    raise SystemExit(1 if problems else 0)


if __name__ == "__main__":
    main()
