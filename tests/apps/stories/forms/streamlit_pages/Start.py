import streamlit as st

st.title("Start")
st.page_link("pages/1_More.py", label="To more")
