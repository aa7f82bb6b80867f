"""A Streamlit app whose import only its own search path can find: it must not be refused."""

import sys
from pathlib import Path

import streamlit as st

sys.path.append(str(Path(__file__).parent / "library"))

import found_late

st.write(found_late.__name__)
