"""Write docs/licences.md from the lock files; fail when something that ships has a licence not on the list.

Run by ``make licences`` (and by ``make locks``). Ships: the Python packages of requirements/server.txt,
the crates of native/Cargo.lock, the npm packages of booth/ that are not for development only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "licences.md"

# As the packages spell them. To allow another: read it, check that it combines with Apache-2.0, add it.
ALLOWED = {
    "(MIT OR Apache-2.0) AND Unicode-3.0",
    "Apache Software License",
    "Apache Software License; BSD License; Mozilla Public License 2.0 (MPL 2.0)",  # fido2: used unchanged
    "Apache Software License; MIT License",
    "Apache-2.0 AND BSD-2-Clause",
    "Apache-2.0 OR BSD-2-Clause",
    "Apache-2.0 OR BSD-3-Clause",
    "Apache-2.0 OR MIT",
    "Apache-2.0 WITH LLVM-exception",
    "Apache-2.0",
    "BSD License",
    "BSD License; Other/Proprietary License",  # qrcode: BSD; the other is a trademark notice
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC License (ISCL)",
    "LGPL-3.0-only",  # psycopg: a library of its own, used unchanged, and replaceable
    "MIT License",
    "MIT OR Apache-2.0 OR BSD-1-Clause",
    "MIT OR Apache-2.0",
    "MIT",
    "MIT-0",
    "MIT/Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)",  # certifi: used unchanged
    "OFL-1.1",  # fonts
    "PSF-2.0",
}


class Package(NamedTuple):
    name: str
    version: str
    licence: str


def output_of(*command: str | Path, cwd: Path = ROOT) -> Any:
    return json.loads(subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True).stdout)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def python_packages() -> list[Package]:
    locked = (ROOT / "requirements" / "server.txt").read_text(encoding="utf-8")
    ships = {normal(name) for name in re.findall(r"^([\w.-]+)==", locked, re.MULTILINE)}
    tool = Path(sys.executable).with_name("pip-licenses")
    installed = output_of(tool, "--format=json", "--from=mixed", "--with-system")
    return [
        Package(row["Name"], row["Version"], row["License"])
        for row in installed
        if normal(row["Name"]) in ships
    ]


def crates() -> list[Package]:
    metadata = output_of("cargo", "metadata", "--locked", "--format-version", "1", cwd=ROOT / "native")
    return [
        Package(row["name"], row["version"], row["license"] or "none stated")
        for row in metadata["packages"]
        if row["source"]  # not our own
    ]


def npm_packages() -> list[Package]:
    lock = ROOT / "booth" / "package-lock.json"
    if not lock.exists():
        return []
    rows = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    return [
        Package(path.split("node_modules/")[-1], row["version"], row.get("license", "none stated"))
        for path, row in rows.items()
        if path and not row.get("dev")
    ]


def table(title: str, packages: list[Package]) -> str:
    rows = "\n".join(
        f"| {p.name} | {p.version} | {p.licence} |" for p in sorted(packages, key=lambda p: p.name.lower())
    )
    return f"## {title}\n\n| package | version | licence |\n|---|---|---|\n{rows}\n"


def main() -> int:
    groups = {
        "Python packages": python_packages(),
        "Rust crates (compiled into the native module, or used to compile it)": crates(),
        "npm packages (bundled into the booth)": npm_packages(),
    }
    page = (
        "# Licences of what ships\n\n"
        "Quorate itself is under Apache-2.0. `make licences` writes this page from the lock files.\n\n"
        + "\n".join(table(title, packages) for title, packages in groups.items() if packages)
    )
    PAGE.write_text(page, encoding="utf-8")
    refused = [p for packages in groups.values() for p in packages if p.licence not in ALLOWED]
    for package in refused:
        print(
            f"licences: {package.name} {package.version}: {package.licence!r} is not allowed yet",
            file=sys.stderr,
        )
    if refused:
        print("licences: read each; if it may ship, add it to ALLOWED in .ci/licences.py", file=sys.stderr)
        return 1
    print(f"licences: {sum(map(len, groups.values()))} packages, all allowed: docs/licences.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
