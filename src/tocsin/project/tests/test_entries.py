"""What web servers load as the application starts Django by itself, from nothing."""

import os
import subprocess
import sys


def test_the_entry_for_several_workers_loads_in_a_fresh_process(tmp_path: object) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TOCSIN_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", "import tocsin.project.wsgi as entry; print(callable(entry.application))"],
        env={**clean, "TOCSIN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "True\n", done.stderr[-2000:]
