"""A name of the list is found however it is written, and appears in no message."""
# ruff: noqa: RUF001 - letters that look alike are what is tried

from pathlib import Path

import pytest

from safehouse.errors import CaptionsUnreadable, NameInCaptions
from safehouse.voices.captions import Caption
from safehouse.voices.names import find_names, fold, parse_names, read_names, require_no_names


def captions(*texts: str) -> list[Caption]:
    return [Caption(n, n * 1000, n * 1000 + 900, "V1", text) for n, text in enumerate(texts, 1)]


def hits(name: str, *texts: str) -> tuple[int, ...]:
    return find_names(parse_names(name.encode()), captions(*texts))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Zoë", "then ZOE came"),
        ("Zoe", "then Zoe\u0308 came"),
        ("Müller", "by muller, he said"),
        ("Łukasz", "lukasz!"),
        ("Strauß", "STRAUSS"),
        ("Jean-Luc", "jean luc"),
        ("Jean Luc", "Jeanluc"),
        ("Jeanluc", "Jean-Luc"),
        ("O'Brien", "OBrien"),
        ("Maria", "Maria's house"),
        ("Maria", "Marias Haus"),
        ("Maria", "Ma\u200bria"),
        ("Maria", "Ma\u00adria"),
        ("Maria", "\u202eMaria\u202c"),
        ("Maria", "Ｍａｒｉａ"),
        ("Maria Lopez", "with Maria\u00a0 López there"),
        ("M. L.", "and M.L. said"),
        ("İpek", "ipek"),
        ("Ayşe", "Ayse'ye"),
        ("Mari*", "Mariam"),
        ("أحمد", "قال احمد"),
        ("احمد", "قال أَحْمَد"),
        ("أحمد", "أحـمـد"),
        ("أحمد", "وأحمد"),
        ("أحمد", "لأحمد"),
        ("فاطمة", "فاطمه"),
        ("علي", "على"),
        ("علی", "علي"),
        ("کریم", "كريم"),
        ("محمد", "ﻣﺤﻤﺪ"),
        ("김민수", "김민수가 왔다"),
        ("김민수", "\u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e"),
        ("민수", "민 수"),
        ("민수", "김민수가"),
        ("王小明", "昨天王小明来了"),
        ("田中", "田中さん"),
        ("タナカ", "ﾀﾅｶさん"),
        ("たなか", "タナカ"),
        ("สมชาย", "คุณสมชายไป"),
        ("Олена", "бачили Олену там"),
        ("Олена", "з Оленою"),
        ("Тарас", "Тарасові"),
        ("Фёдор", "Федор"),
        ("משה", "ומשה אמר"),
        ("राम", "राम गया"),
        ("Ελένη", "ΕΛΕΝΗ"),
        ("Unit 42", "unit ٤٢"),
    ],
)
def test_a_name_is_found_however_it_is_written(name: str, text: str) -> None:
    assert hits(name, "nothing", text) == (2,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Ana", "banana"),
        ("Ana", "an apple"),
        ("Maria", "Mariam"),
        ("Ali", "alive"),
        ("علي", "عليكم السلام"),
        ("Тарас", "Тарасенкового"),
        ("王小明", "小明"),
        ("Maria Lopez", "Maria and Lopez"),
    ],
)
def test_other_words_are_no_hits(name: str, text: str) -> None:
    assert hits(name, text) == ()


def test_a_name_over_two_captions_is_found() -> None:
    assert hits("Maria Lopez", "it was Maria", "Lopez who left") == (1,)


def test_the_message_has_numbers_and_no_name() -> None:
    names = parse_names(b"# who\nMaria\n\nJo\n")
    with pytest.raises(NameInCaptions) as caught:
        require_no_names(names, captions("Maria", "no", "jo!"))
    assert str(caught.value).startswith("captions 1, 3 hold a name of the list")
    assert "aria" not in f"{caught.value} {names!r}"
    require_no_names(names, captions("nobody"))


@pytest.mark.parametrize("raw", [b"", b"# none\n", b"Maria\n...\n", b"Mar\xeda\n"])
def test_a_list_that_cannot_be_used_is_refused(raw: bytes) -> None:
    with pytest.raises(CaptionsUnreadable):
        parse_names(raw)


def test_a_list_is_read_from_a_file_in_any_marked_encoding(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_bytes("Zoë\r\nأحمد\r\n".encode("utf-16"))
    assert find_names(read_names(path), captions("zoe", "احمد")) == (1, 2)


def test_folding_leaves_letters_digits_and_single_spaces() -> None:
    assert fold("  L’été —\t№ 5! ") == "l ete no 5"
