"""Kinds of files that cannot be read, each with its own sentence: what it is and what to do."""

from __future__ import annotations

_NOT_YET = "目前还不能读取"
_AS_DOCX = f"{_NOT_YET}；请用 Word 或 WPS 打开，另存为 .docx 后再添加。"
_UNPACK = f"{_NOT_YET}；请先解压，再添加解压出来的文件或文件夹。"

DAMAGED_ZIP = "文件已损坏，无法读取；请重新复制或下载，或用 Office、WPS 打开修复后另存。"
LOCKED = "文件有打开密码，无法读取；请在 Office 或 WPS 里去掉密码后另存，再添加。"

SCANS_LEFT = "是扫描图，没有文字，没有读入。"
"""The end of the note about scanned pages of which nothing was read, in a file that was."""

REASONS: dict[str, str] = {
    "ole": f"这是旧版 Office 文件，{_AS_DOCX}",
    "odf": f"这是 OpenDocument 文件，{_AS_DOCX}",
    "msg": f"这是 Outlook 邮件（.msg），{_NOT_YET}；请在 Outlook 里另存为 .eml 后再添加。",
    "excel-xml": (
        f"这是 Excel 2003 的 XML 表格，{_NOT_YET}；请用 Excel 或 WPS 打开，另存为 .xlsx 后再添加。"
    ),
    "epub": f"这是 EPUB 电子书，{_NOT_YET}；请转换为 .docx 或 .txt 后再添加。",
    "caj": f"这是 CAJ 文献，{_NOT_YET}；请用 CAJViewer 另存为 PDF 或文字后再添加。",
    "archive": f"这是压缩包，{_UNPACK}",
    "unread-image": (
        "这是图片，没有可检索的文字。如果是扫描的文稿，请先用“文字识别”转成 Word 文档，再放进来；"
        "也可以请管理员打开本软件的文字识别（在 xunzhang.toml 里写上 recognise = true）。"
    ),
    "media": "这是音频或视频，没有可检索的文字；请添加它的文字稿。",
    "data": "这是程序或数据文件，不是文稿，没有添加。",
    "program": "这是程序文件，不是文稿，没有添加。",
    "database": "这是数据库文件，不是文稿，没有添加。",
    "empty": "文件是空的（0 字节）；请确认它是否已保存或下载完整。",
    "locked": LOCKED,
    "damaged": DAMAGED_ZIP,
    "damaged-zip": DAMAGED_ZIP,
}
"""Kind of file, as `formats` tells it -> reason for the user."""
