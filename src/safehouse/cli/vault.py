"""`safehouse vault …`: keys, vaults, and what comes out of them again."""

from pathlib import Path
from typing import Annotated

import typer
from safehouse_offload import field

from safehouse.cli.screen import ask_word, ask_words, print_said, progress
from safehouse.errors import UsageError
from safehouse.vault import home

app = typer.Typer(help="Make keys and vaults, verify them, open them.", no_args_is_help=True)

Folders = Annotated[
    list[Path] | None,
    typer.Argument(metavar="VAULT", help="Vaults; those of vault init unless said."),
]
From = Annotated[
    list[Path] | None,
    typer.Option("--from", help="A vault; those of vault init unless said. May be repeated."),
]
Words = Annotated[
    Path | None,
    typer.Option("--words", help="A file of key words, one share a line; asked for unless given."),
]
WorkerCount = Annotated[
    int | None, typer.Option("--workers", min=1, max=64, help="Number of processes.")
]
SameDevice = Annotated[
    bool, typer.Option("--same-device", help="Take vaults that lie on one device, or in memory.")
]
Yes = Annotated[bool, typer.Option("--yes", help="Answer every question with yes.")]


@app.command("keygen")
def keygen(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="The public key. Example: -o key.pub")
    ],
    shares: Annotated[
        str, typer.Option("--shares", help="How many of how many open. Example: --shares 3of5")
    ] = "2of3",
) -> int:
    """Make a key, at home: the public half for the field, the private half as key words only.

    Example:
      safehouse vault keygen --shares 2of3 -o key.pub
    """
    return print_said(home.keygen(shares, output))


@app.command("init")
def init(
    folders: Annotated[list[Path], typer.Argument(metavar="VAULT", help="Folders on two disks.")],
    to: Annotated[
        list[Path],
        typer.Option("--to", help="A public key; may be repeated. Example: --to key.pub"),
    ],
    same_device: SameDevice = False,
) -> int:
    """Make vaults in the field, and remember them with the public key. Nothing else is kept.

    Example:
      safehouse vault init /media/A/vault /media/B/vault --to key.pub
    """
    return print_said(field.init_vaults(folders, to, same_device=same_device))


@app.command("rehearse")
def rehearse(
    key: Annotated[
        Path | None,
        typer.Argument(metavar="KEY", help="The public key; those of vault init unless said."),
    ] = None,
    words: Words = None,
) -> int:
    """Try, at home, that the key words open what the public key seals.

    Example:
      safehouse vault rehearse key.pub
    """
    return print_said(home.rehearse(ask_words(words), key))


@app.command("verify")
def verify(
    folders: Folders = None,
    root: Annotated[
        str, typer.Option("--root", help='The words on paper. Example: --root "WORD WORD …"')
    ] = "",
    deep: Annotated[
        bool, typer.Option("--deep", help="Open everything to nowhere; needs key words.")
    ] = False,
    words: Words = None,
    workers: WorkerCount = None,
) -> int:
    """Hold vaults against what was written: structure, digests, completeness.

    Without key words and without paper it can say "not damaged". Whether somebody put another
    vault there, only the words on paper tell.

    Examples:
      safehouse vault verify

      safehouse vault verify /media/A/vault --root "WORD WORD"

      safehouse vault verify --deep --words words.txt
    """
    if words is not None and not deep:
        raise UsageError("--words is for --deep", next_step="add --deep")
    with progress() as tell:
        code = print_said(field.verify_vaults(folders or (), root, tell))
    if code or not deep:
        return code
    shares = ask_words(words)
    with progress() as tell:
        count = workers or field.default_workers()
        return print_said(home.check_contents(folders or (), shares, count, tell))


@app.command("list")
def list_(
    folders: Folders = None,
    names: Annotated[
        bool, typer.Option("--names", help="Names, dates and digests; needs key words.")
    ] = False,
    words: Words = None,
) -> int:
    """Say how much lies in the vaults; with key words, what.

    Examples:
      safehouse vault list

      safehouse vault list --names --words words.txt
    """
    if not names and words is None:
        return print_said(field.list_vaults(folders or ()))
    return print_said(home.list_contents(folders or (), ask_words(words)))


@app.command("open")
def open_(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="An empty folder. Example: -o rushes")
    ],
    folders: Folders = None,
    words: Words = None,
    workers: WorkerCount = None,
) -> int:
    """Open everything in the vaults, at home: a folder for each card, with its history.

    Example:
      safehouse vault open --words words.txt -o rushes
    """
    shares = ask_words(words)
    with progress() as tell:
        count = workers or field.default_workers()
        return print_said(home.open_all(folders or (), shares, output, count, tell))


@app.command("check")
def check(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="What vault open wrote.")],
) -> int:
    """Hold opened files against the manifests beside them: missing, changed, extra. No key needed.

    Example:
      safehouse vault check rushes
    """
    with progress() as tell:
        said = home.check_folder(folder, tell)
    return print_said(said)


@app.command("rekey")
def rekey(
    folders: Annotated[
        list[Path], typer.Argument(metavar="NEW", help="Folders of the new vaults, on two disks.")
    ],
    to: Annotated[
        list[Path],
        typer.Option("--to", help="The new public key; may be repeated. Example: --to new.pub"),
    ],
    old: From = None,
    words: Words = None,
    same_device: SameDevice = False,
    workers: WorkerCount = None,
) -> int:
    """Seal everything again to another key, at home, into new vaults. The old ones are only read.

    For when key words were lost or seen, or somebody leaves who knew them. Nothing opened lies on
    a disk in between. The old words still open the old vaults, until those are destroyed.

    Example:
      safehouse vault rekey /media/A/vault-2 /media/B/vault-2 --to new.pub --words old-words.txt
    """
    shares = ask_words(words)
    new = home.NewVaults(tuple(folders), tuple(to), same_device)
    with progress() as tell:
        count = workers or field.default_workers()
        said = home.rekey_all(old or (), shares, new, count, tell)
    return print_said(said)


@app.command("erase")
def erase(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME", help="Sealed names, out of vault list --names.")
    ],
    folders: From = None,
    yes: Yes = False,
) -> int:
    """Destroy sealed files in every vault, and write down that it was on purpose.

    Example:
      safehouse vault erase 7f03a1c2d4e5f60718293a4b5c6d7e8f
    """
    typed = (
        ""
        if yes
        else ask_word(f"To be destroyed: {field.counted(len(names), 'sealed file')}. Type ERASE:")
    )
    if not yes and typed != "ERASE":
        raise UsageError("not agreed to", kept="nothing was destroyed", next_step="type ERASE")
    return print_said(field.erase_objects(folders or (), names))
