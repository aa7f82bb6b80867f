import streamlit as st

from vitrina.apps import served

number = st.number_input("Number", value=3.0)
viewer = served().viewer()
st.write(f"{number * number:g} for {viewer.name or 'a visitor'} ({viewer.user or len(viewer.visitor or '')})")
