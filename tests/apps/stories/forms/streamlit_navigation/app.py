import streamlit as st
from parts.texts import MORE


def start():
    st.title("Start")
    st.page_link(more_page, label="To more")


def more():
    st.title("More")
    st.text(MORE)


more_page = st.Page(more, title="More")
st.navigation([st.Page(start, title="Start"), more_page], position="hidden").run()
