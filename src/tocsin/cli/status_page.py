"""`tocsin export statuspage`: the public page as a folder that any host can serve.

Hides nothing but the writing of files. Never deletes a file that it did not write.
"""

import os
from pathlib import Path

import click

from tocsin.cli.house import operator, says_refusals
from tocsin.domain.statuspage.folder import write


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--url", default="", help="Address at which the folder will be served; feeds and the API name it.")
@says_refusals
def statuspage(folder: Path, url: str) -> None:
    """Write the status page to FOLDER, as files with relative links; run it again to renew them."""
    written, removed = write(operator(), folder, url=url)
    click.echo(f"{written} files in {os.fspath(folder)}" + (f", {removed} old ones removed." if removed else "."))
