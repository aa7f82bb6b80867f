import vitrina_plain


def _refuse(handler: vitrina_plain._Handler) -> None:
    handler.send_error(500)


vitrina_plain._Handler.do_GET = _refuse


def answer(path: str) -> bytes:
    return b""
