"""Personal data is found by its shape and the words beside it, next to any script, and a look-alike is left alone."""

from __future__ import annotations

import pytest

from dunlint.language.personal_data import find, mask


def pieces(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find(text)]


@pytest.mark.parametrize(
    ("words", "kind", "piece"),
    [
        ("车牌京A12345停在楼下", "plate", "京A12345"),
        ("你开着粤B·D12345的车", "plate", "粤B·D12345"),
        ("沪AD12345我认得", "plate", "沪AD12345"),
        ("你家住云州市南浦区建设路18号3栋502室对吧", "address", "云州市南浦区建设路18号3栋502室"),
        ("地址：柳溪村12组", "address", "柳溪村12组"),
        ("借款人陈志远欠款未还", "name", "陈志远"),
        ("姓名：欧阳志远，男", "name", "欧阳志远"),
        ("请问是林小满女士吗", "name", "林小满"),
        ("你老婆在云州纺织有限公司上班", "employer", "云州纺织有限公司"),
        ("工作单位：佳美物业公司，已核实", "employer", "佳美物业公司"),
        ("加微信abc_1234聊", "wechat", "abc_1234"),
        ("QQ：12345678", "qq", "12345678"),
        ("单位座机8234567", "phone", "8234567"),
        ("联系（010）62345678处理", "phone", "（010）62345678"),
        ("电话02162345678", "phone", "02162345678"),
    ],
)
def test_the_piece_itself_is_found_beside_chinese_words(words: str, kind: str, piece: str) -> None:
    assert pieces(words) == [(kind, piece)]
    hidden = mask(words)
    assert piece not in hidden
    assert len(hidden) == len(words)
    assert hidden.startswith(words[: words.index(piece)])


@pytest.mark.parametrize(
    "words",
    [
        "编号A12345",  # no province
        "京ABCDEF的文件",  # a plate has a digit
        "京A1234567",  # too long for a plate
        "请于12月15号前还款",
        "您的贷款18号到账",
        "合同第3号",
        "我在建设路等你",
        "借款人您好，联系人知道吗",
        "任何女士都可以办理",
        "员工任职情况",
        "您好，客户经理为您服务",
        "他在公司上班",
        "微信还款后请截图",
        "wx小程序",
        "QQ群里说的",
        "02012345678901",  # too long for a landline
        "000-62345678",  # no such area code
    ],
)
def test_a_look_alike_is_left_alone(words: str) -> None:
    assert pieces(words) == []
    assert mask(words) == words


def test_masking_leaves_a_surname_and_the_start_of_a_plate() -> None:
    assert mask("借款人陈志远开的是京A12345") == "借款人陈志远开的是京A*****"
    assert mask("借款人陈志远，车牌京A12345") == "借款人陈**，车牌京A*****"


def test_a_long_row_of_place_names_is_no_address() -> None:
    assert find("云州市南浦区" * 5000) == []


def test_a_resident_id_of_a_place_without_a_county_is_personal_and_no_crash():
    assert [one.kind for one in find("身份证329999199001010011。")] == ["resident_id"]
