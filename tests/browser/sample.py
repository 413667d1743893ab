"""A small export of an old dealer system, made up here: what a dealer of ours would bring."""

from __future__ import annotations

from pathlib import Path

CUSTOMER_HEADS = "客户编号,客户名称,性别,出生日期,手机,地址,客户级别,来源,建档日期,销售顾问,备注"
VEHICLE_HEADS = "底盘号,车牌号,品牌,车系,购车日期,质保到期,商业险到期,行驶里程,客户编号"

NAME, MOBILE, PLATE, VIN = "欧阳晓雯", "19955302717", "沪AD93H7", "LSVAA49J132047371"

STOCK = [
    f"SH0001,{NAME},女,1988-02-14,{MOBILE},某某路18号,VIP,展厅,2024-05-06,,喜欢红色",
    "SH0002,端木磊,男,1979-11-30,18655540912,某某路20号,普通,电话,2024-06-01,,",
    *(f"SH{n:04},周{n}号,男,,1370001{n:04},,普通,网络,2024-07-01,," for n in range(10, 70)),
]
CARS = [f"{VIN},{PLATE},大众,帕萨特,2024-05-20,2027-05-20,2027-05-19,23500,SH0001"]

ARRIVING = [
    "NW0001,司徒静怡,女,1991/3/8,+86 13355201886,某某路7号,银卡,网络,2025年1月9日,,=1+1",
    "NW0002,,男,1980-01-01,13355201887,,普通,电话,2025-01-10,,",
    "NW0003,上官宏,男,1985.6.7,133552,,普通,电话,2025-01-11,,",
    "NW0004,夏侯敏,女,1993-04-05,008613355201889,,金卡,车展,2025-01-12,,",
    "NW0001,司徒静怡,女,1991/3/8,+86 13355201886,某某路8号,银卡,网络,2025年1月9日,,",
]
OTHERS_ARRIVING = [
    "AX0001,东方靖,女,1990/2/7,+86 13355301886,某某路17号,银卡,网络,2025年2月9日,,",
    "AX0002,,男,1981-01-01,13355301887,,普通,电话,2025-02-10,,",
    "AX0003,慕容雪,男,1986.6.7,133553,,普通,电话,2025-02-11,,",
]
"""For a second test of the same house: what came in once comes in again as a repetition."""
ARRIVING_CARS = [
    "LFV2A21K8A3047213,苏E·77K21,奥迪,A4L,2025-01-20,,2026-01-19,12 km,NW0001",
    "LFV2A21K8A30,苏E·77K22,奥迪,A4L,2025-01-20,,,,NW0004",
]


def write(folder: Path, name: str, heads: str, rows: list[str]) -> Path:
    """As old systems write it on a Chinese Windows: GB18030 with CRLF."""
    file = folder / name
    file.write_bytes(("\r\n".join([heads, *rows]) + "\r\n").encode("gb18030"))
    return file
