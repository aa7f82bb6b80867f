import asyncio

import panel as pn

pn.extension()

number = pn.widgets.IntInput(name="Number", value=3)
upload = pn.widgets.FileInput()
stream, work, count = (pn.widgets.Button(name=name) for name in ("Stream", "Work", "Count"))
counted = 0


async def streamed(clicks):
    for step in (1, 2, 3) if clicks else ():
        await asyncio.sleep(0.8)
        yield f"Streamed {step} of 3."


async def worked(clicks):
    if clicks:
        await asyncio.sleep(3)
    return "Worked." if clicks else ""


def count_on(clicks):
    global counted
    counted += bool(clicks)
    return f"Counted {counted}."


pn.Column(
    number,
    pn.bind(lambda value: f"The square is {value**2}.", number),
    upload,
    pn.bind(lambda value: f"Got {len(value)} bytes." if value else "", upload),
    pn.widgets.FileDownload("squares.csv", label="Download", embed=False),
    stream,
    pn.bind(streamed, stream.param.clicks),
    work,
    pn.bind(worked, work.param.clicks),
    count,
    pn.bind(count_on, count.param.clicks),
).servable(title="Everything")
