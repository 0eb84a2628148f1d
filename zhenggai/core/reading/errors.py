"""Why a file cannot be read: one class a reason, each with one Chinese line that says what is wrong and what to do."""


class Unreadable(Exception):
    """The file cannot be read. ``str(error)`` is one line for the person who sent it.

    >>> print(Encrypted())
    文件设有密码，无法读取。请用原软件打开，取消密码后另存，再重新上传。
    """

    message = "文件无法读取。请换一份文件再试。"

    def __init__(self, message: str | None = None) -> None:
        super().__init__(" ".join((message or self.message).split()))


class Empty(Unreadable):
    """Nothing in it: no bytes, or only white space."""

    message = "文件是空的。请确认选中的是原件，再重新上传。"


class Encrypted(Unreadable):
    """A password is needed to open it."""

    message = "文件设有密码，无法读取。请用原软件打开，取消密码后另存，再重新上传。"


class WrongKind(Unreadable):
    """Not one of the kinds that can be read: a picture, a program, a spreadsheet that has no reader yet."""

    message = "不认识这种文件。请另存为 .docx、.pdf 或 .txt，再重新上传。"


class TooLarge(Unreadable):
    """Larger than the limits of ``limits.py``, or unfolding to more than they allow."""

    message = "文件过大，或展开后过大，已停止读取。请拆成几份，或另存为 .docx，再重新上传。"


class Damaged(Unreadable):
    """The right kind, but broken inside."""

    message = "文件已损坏，读不出内容。请用原软件打开后另存一份，再重新上传。"


class NoText(Unreadable):
    """Sound, but holding no text: as a rule a scan."""

    message = "文件里没有文字，可能是扫描件。请先做文字识别，或改传 Word 原件。"
