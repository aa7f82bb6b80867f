import vitrina_plain


def _hang_up(handler: vitrina_plain._Handler) -> None:
    handler.close_connection = True


vitrina_plain._Handler.do_GET = _hang_up


def answer(path: str) -> bytes:
    return b""
