"""Every type of page of the site at 360, 768 and 1440 px, light and dark, with scripts and without, under axe.

``make test`` looks at three of these twelve views; this looks at all of them, and prints violations, console errors,
requests to other sites and pages that scroll sideways. Exit code 1 where there is any.

    python benchmarks/site_browser.py
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "ci"), str(ROOT)]

from playwright.sync_api import Browser

from tests.e2e.browser import looking
from tests.e2e.browser.sites import build_real, build_states, types_of

#: Width, scheme, and whether scripts run.
VIEWS = [(width, scheme, script) for width in (360, 768, 1440) for scheme in ("light", "dark")
         for script in (True, False)]


def main() -> int:
    """Look at everything."""
    before = time.perf_counter()
    faults: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as name, looking.open_browser() as browser:
        folder = Path(name)
        build_real(folder / "real")
        build_states(folder / "pool", folder / "states")
        for which in ("real", "states"):
            with looking.served(folder / which) as home:
                for view in VIEWS:
                    for kind, said in _look(browser, home, types_of(folder / which), *view).items():
                        faults.setdefault(f"{which:<8}{kind}", []).extend(said)
    for kind, said in faults.items():
        print(f"{kind:<26}{len(VIEWS)} views  {'' if said else 'no fault'}")
        for one in said:
            print(f"    {one}")
    count = sum(map(len, faults.values()))
    print(f"{len(faults) * len(VIEWS)} views of pages, {count} faults, {time.perf_counter() - before:.0f} s")
    return 1 if count else 0


def _look(
    browser: Browser, home: str, pages: dict[str, str], width: int, scheme: str, script: bool
) -> dict[str, list[str]]:
    """What is wrong with each page in one view. axe is a script itself: without scripts the rest is looked at."""
    view = f"{width} px {scheme} {'with' if script else 'without'} scripts"
    with looking.window(browser, width, scheme, script) as page:
        return {kind: [f"{view}: {one}" for one in looking.hindrances(page, home + path, axe_too=script)]
                for kind, path in pages.items()}


if __name__ == "__main__":
    sys.exit(main())
