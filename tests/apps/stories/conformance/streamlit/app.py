import time
from pathlib import Path

import streamlit as st

number = st.number_input("Number", value=3)
st.text(f"The square is {number**2}.")
if upload := st.file_uploader("Upload"):
    st.text(f"Got {len(upload.getvalue())} bytes.")
st.download_button("Download", Path("squares.csv").read_text(), file_name="squares.csv")
if st.button("Stream"):
    place = st.empty()
    for step in (1, 2, 3):
        time.sleep(0.8)
        place.text(f"Streamed {step} of 3.")
if st.button("Work"):
    time.sleep(3)
    st.text("Worked.")
if st.button("Count"):
    st.session_state.counted = st.session_state.get("counted", 0) + 1
if "counted" in st.session_state:
    st.text(f"Counted {st.session_state.counted}.")
