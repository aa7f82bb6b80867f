def read_settings() -> None:
    raise ValueError("no settings\nand a second line")


read_settings()
