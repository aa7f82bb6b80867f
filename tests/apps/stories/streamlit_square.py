"""A Streamlit app: a script, run for each session and each change."""

import streamlit as st

number = st.number_input("Number", value=3.0)
st.write(f"The square is {number * number:g}.")
