"""Files of sound and film: which format bytes are; the standard library only."""

from __future__ import annotations

AUDIO = {
    "audio/wav": ".wav",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/webm": ".weba",
}
VIDEO = {"video/mp4": ".mp4", "video/webm": ".webm", "video/ogg": ".ogv", "video/quicktime": ".mov"}


def sniff_audio(head: bytes) -> str | None:
    """The media type of sound that bytes begin, None if they begin none."""
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "audio/wav"
    if head[:3] == b"ID3" or (len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 == 0xE2):
        return "audio/mpeg"
    if head[:4] == b"OggS":
        return None if b"theora" in head[:256] else "audio/ogg"
    if head[:4] == b"fLaC":
        return "audio/flac"
    return "audio/mp4" if head[4:11] == b"ftypM4A" else None


def sniff_video(head: bytes) -> str | None:
    """The media type of film that bytes begin, None if they begin none."""
    if head[4:8] == b"ftyp" and head[8:11] not in (b"M4A", b"avi"):
        return "video/quicktime" if head[8:12] == b"qt  " else "video/mp4"
    if head[:4] == b"\x1aE\xdf\xa3":
        return "video/webm"
    return "video/ogg" if head[:4] == b"OggS" and b"theora" in head[:256] else None
