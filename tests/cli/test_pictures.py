"""Pictures as a dataset: a folder, an archive, or files that a table names."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import Command, one_error
from pets import png, write_pictures, write_project

PROJECT = "projects/pets.toml"
MEDIA = Path("crowdbroker-data/media")


@pytest.fixture
def folder(lab: Command) -> Command:
    """A folder with the Project and five pictures."""
    write_pictures(Path("pictures"), 5)
    write_project(Path(PROJECT))
    return lab


def zipped(name: str, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, content in files.items():
            archive.writestr(inside, content)


def items(run: Command) -> list[str]:
    return sorted(one["id"] for one in run("export", "--json").document["labels"])


def test_a_folder_becomes_a_batch_and_its_pictures_are_kept_for_the_marketplace(folder: Command) -> None:
    checked = folder("check", PROJECT, "pictures")
    assert checked.stdout.splitlines()[0] == "Items           5 and 0 gold"
    assert checked.stdout.splitlines()[-1] == "Nothing is wrong."
    assert not MEDIA.exists()
    loaded = folder("load", PROJECT, "pictures", "--json").document
    assert (loaded["batch"], loaded["items"], loaded["hits"], loaded["added"]) == ("pictures", 5, 1, False)
    assert {path.read_bytes() for path in MEDIA.iterdir()} == {png(number) for number in range(5)}
    assert items(folder) == [f"p{number:02}" for number in range(5)]


def test_an_archive_names_what_it_passes_over_and_what_comes_twice(folder: Command) -> None:
    zipped("box.zip", {"a/x.png": png(1), "a/notes.md": b"hm", "y.png": png(1), "__MACOSX/._x.png": b"no"})
    loaded = folder("load", PROJECT, "box.zip")
    assert loaded.stdout.startswith("Batch 'box': 2 Items and 0 gold in 1 HIT, budget $20.00. Next: ")
    assert loaded.stderr == (
        "Warning: Passed over, no pictures: a/notes.md.\n"
        "Warning: The same picture under 2 names, each an Item of its own: a/x.png, y.png.\n"
    )
    assert items(folder) == ["a/x", "y"]


def test_a_table_names_its_pictures_from_its_own_folder(folder: Command) -> None:
    Path("data/pets.csv").write_text(
        "id,image\none,pictures/p00.png\ntwo,https://pets.example/2.png\nthree,pictures\\p01.png\n"
    )
    Path("pictures").rename("data/pictures")
    loaded = folder("load", PROJECT, "data/pets.csv", "--json")
    assert loaded.document["items"] == 3
    assert {path.read_bytes() for path in MEDIA.iterdir()} == {png(0), png(1)}


def test_the_sample_page_shows_its_pictures_wherever_it_is_opened(folder: Command) -> None:
    result = folder("check", PROJECT, "pictures", "--page", "page.html")
    assert "Sample page     page.html" in result.stdout
    page = Path("page.html").read_text()
    assert page.count("data:image/png;base64,") == 5
    assert "/media/" not in page
    document = folder("check", PROJECT, "pictures", "--page", "page.html", "--json").document
    assert document["page"] == str(Path("page.html").resolve())
    assert not MEDIA.exists()


def test_ones_own_template_may_make_an_address_of_a_files_name(folder: Command) -> None:
    Path("hit_templates/mine.html").write_text(
        '<form><img src="https://pets.example/${image}" /><input name="answer" /></form>'
    )
    write_project(Path(PROJECT), items_per_hit="1", file='"mine"')
    Path("far.csv").write_text("id,image\none,p00.png\n")
    assert folder("check", PROJECT, "far.csv", "--page", "page.html").exit_code == 0
    assert "https://pets.example/p00.png" in Path("page.html").read_text()
    Path("hit_templates/mine.html").write_text('<form><img src="${photo}" /><input name="answer" /></form>')
    Path("near.csv").write_text("id,photo\none,pictures/p00.png\n")
    assert folder("check", PROJECT, "near.csv", "--page", "page.html").exit_code == 0
    assert "data:image/png;base64," in Path("page.html").read_text()


def test_pictures_of_this_machine_cannot_be_shown_by_a_hosted_marketplace(folder: Command) -> None:
    error = one_error(folder("--profile", "sandbox", "check", PROJECT, "pictures"))
    assert "pictures: its pictures lie on this machine, and the profile's marketplace cannot show them" in error


def empty_folder() -> str:
    Path("empty").mkdir()
    return "empty"


def no_picture() -> str:
    Path("pictures/p03.png").write_text("I am a text.")
    return "pictures"


def one_name_twice() -> str:
    Path("pictures/p03.jpg").write_bytes(b"\xff\xd8\xff\xe0 jpeg")
    return "pictures"


def archive(name: str, files: dict[str, bytes]) -> Callable[[], str]:
    def make() -> str:
        zipped(name, files)
        return name

    return make


def no_archive() -> str:
    Path("box.zip").write_text("hm")
    return "box.zip"


def table(text: str) -> Callable[[], str]:
    def make() -> str:
        Path("pets.csv").write_text(text)
        return "pets.csv"

    return make


MISTAKES: dict[str, tuple[Callable[[], str], str]] = {
    "a folder without pictures": (empty_folder, "empty: no picture in it\nPictures end in png, jpg"),
    "a picture that is none": (no_picture, "pictures/p03.png: not a png file: its content is something else\nGive it"),
    "two pictures of one name": (one_name_twice, "'p03.jpg' and 'p03.png' would both be the Item 'p03'\nRename one"),
    "a folder that there is not": (lambda: "picture", "picture: no such file\nDid you mean pictures?"),
    "an archive that is none": (no_archive, "box.zip: neither a folder nor a .zip archive\nName one"),
    "an archive without pictures": (archive("box.zip", {"a.txt": b"hm"}), "box.zip: no picture in it\n"),
    "an archive that climbs": (archive("box.zip", {"../x.png": png(1)}), "the file name '../x.png' is not safe\n"),
    "an archive that explodes": (archive("box.zip", {"x.png": bytes(40_000_000)}), "more than 100 times its size\n"),
    "a file that is missing": (
        table("id,image\na,pictures/p00.png\n\nb,pictures/p99.png\n"),
        "pets.csv, row 4, field 'image': Item 'b': there is no file 'pictures/p99.png' in .\nName files by",
    ),
    "a kind that is not served": (
        table("id,image\na,pictures/p00.bmp\n"),
        "pets.csv, row 2, field 'image': Item 'a': 'pictures/p00.bmp' is no file of a served kind",
    ),
    "a file outside": (
        table("id,image\na,../../../etc/shadow.png\n"),
        "pets.csv, row 2, field 'image': Item 'a': '../../../etc/shadow.png' lies outside .\n",
    ),
    "a column that is missing": (
        table("id,picture\na,pictures/p00.png\n"),
        "pets.csv, row 1, field 'image': no such column, and the template shows it (image-classification.html, row ",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_message_and_loads_nothing(folder: Command, mistake: str) -> None:
    make, says = MISTAKES[mistake]
    data = make()
    for command in ("check", "load"):
        result = folder(command, PROJECT, data, "--json")
        assert result.exit_code == 2
        assert result.stderr.count("Error: ") == 1
        assert says in result.stderr
        assert len(result.stderr.splitlines()) <= 3
    assert folder("status", "--json").document["batches"] == []


def test_options_of_tables_do_not_go_with_pictures(folder: Command) -> None:
    error = one_error(folder("load", PROJECT, "pictures", "--encoding", "cp1252"))
    assert error == "Error: pictures, field '--encoding': pictures are no table\nLeave it out.\n"


def test_a_text_template_over_a_folder_of_pictures_names_the_column(folder: Command) -> None:
    write_project(Path(PROJECT), file='"text-classification"')
    error = one_error(folder("load", PROJECT, "pictures"))
    assert error.startswith("Error: pictures, field 'text': no such column, and the template shows it")
