"""Messages as they really come: Chinese encodings, broken headers, pages without text."""

from __future__ import annotations

import base64
from contextlib import suppress

import pytest

from crm_kernel.mail.message import Unreadable, read_message


def message(*lines: bytes | str, body: bytes = b"") -> bytes:
    raw = [line if isinstance(line, bytes) else line.encode() for line in lines]
    return b"\r\n".join([*raw, b"", body])


def word(text: str, charset: str, name: str = "") -> str:
    return f"=?{name or charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


@pytest.mark.parametrize(
    ("charset", "name", "text"),
    [
        ("gb18030", "gb2312", "镕基路 4S 店：刹车异响，车主㐂先生"),
        ("gb18030", "GBK", "变速箱顿挫"),
        ("gb18030", "gb18030", "𠮷先生投诉"),
        ("big5", "big5", "煞車異響"),
        ("utf-8", "UTF-8", "空调不制冷"),
    ],
)
def test_chinese_subjects_names_and_texts_are_read_in_their_encodings(charset, name, text) -> None:
    found = read_message(
        message(
            f"From: {word(text[:3], charset, name)} <a@b.test>",
            f"Subject: {word(text, charset, name)}",
            f"Content-Type: text/plain; charset={name}",
            "Content-Transfer-Encoding: 8bit",
            body=text.encode(charset),
        )
    )
    assert (found.subject, found.sender_name, found.sender, found.text) == (text, text[:3], "a@b.test", text)


@pytest.mark.parametrize("charset", ["gb18030", "utf-8"])
def test_headers_that_nobody_encoded_are_guessed(charset) -> None:
    raw = b"From: =?utf-8?q?x?= <a@b.test>\r\nSubject: " + "投诉：发动机异响".encode(charset) + b"\r\n\r\n"
    assert read_message(raw + "发动机异响".encode(charset)).subject == "投诉：发动机异响"


def test_a_wrongly_named_encoding_and_a_broken_word_lose_nothing() -> None:
    found = read_message(
        message(
            "From: a@b.test",
            "Subject: =?nonsense-8?B?1eKyu8rH?= =?utf-8?B?!!!?=",
            "Content-Type: text/plain; charset=us-ascii",
            body="这是正文".encode("gb18030"),
        )
    )
    assert found.text == "这是正文"
    assert found.subject


def test_a_character_cut_between_two_words_is_put_together() -> None:
    raw = "刹车异响".encode("gb18030")
    halves = [base64.b64encode(part).decode() for part in (raw[:3], raw[3:])]
    subject = f"=?gb2312?B?{halves[0]}?=\r\n =?gb2312?B?{halves[1]}?="
    assert read_message(message("From: a@b.test", f"Subject: {subject}")).subject == "刹车异响"


def test_a_page_becomes_text_without_its_scripts() -> None:
    page = "<html><head><style>p{}</style></head><p>刹车<br>异响<script>alert(1)</script></p></html>"
    found = read_message(
        message("From: a@b.test", "Content-Type: text/html; charset=utf-8", body=page.encode())
    )
    assert found.text == "刹车\n异响"


def test_references_are_read_the_nearest_first_and_a_message_without_an_id_gets_one() -> None:
    found = read_message(
        message(
            "From: a@b.test", "References: <1@x> <2@x>\r\n <3@x>", "In-Reply-To: <4@x> (see)", "Subject: s"
        )
    )
    assert found.references == ("<4@x>", "<3@x>", "<2@x>", "<1@x>")
    assert found.message_id.startswith("<")
    assert (
        found.digest
        == read_message(
            message(
                "From: a@b.test",
                "References: <1@x> <2@x>\r\n <3@x>",
                "In-Reply-To: <4@x> (see)",
                "Subject: s",
            )
        ).digest
    )


def test_signs_that_turn_text_around_and_line_breaks_do_not_come_through() -> None:
    found = read_message(message("From: a@b.test", "Subject: " + word("a\u202eb\nc", "utf-8")))
    assert found.subject == "a b c"


@pytest.mark.parametrize("raw", [b"", b"\x00\x01\x02", b"just text without any head"])
def test_what_is_no_message_is_said_to_be_none(raw) -> None:
    with pytest.raises(Unreadable):
        read_message(raw)


def test_a_thousand_parts_inside_each_other_break_nothing() -> None:
    head = "From: a@b.test\r\nSubject: deep\r\n"
    for n in range(1000):
        head += f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n'
    with suppress(Unreadable):
        assert read_message(head.encode()).subject == "deep"
