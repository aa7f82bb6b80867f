from pathlib import Path

import streamlit as st

st.title("More")
st.text(Path("words.txt").read_text())
st.image("static/dot.svg")
