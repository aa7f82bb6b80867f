import streamlit as st

from vitrina.apps import served

number = st.number_input("Number", value=3.0)
square = number * number
note = st.text_input("What is wrong with it?")
if st.button("Flag"):
    st.write(served().record({"number": number}, {"square": square}, note=note, flag="wrong").value)
