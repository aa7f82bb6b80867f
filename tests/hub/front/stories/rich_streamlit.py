"""Many of Streamlit's elements, each of which brings scripts, fonts or icons of its own."""

import altair as alt
import pandas as pd
import plotly.express as px
import streamlit as st

rows = pd.DataFrame({"x": range(10), "y": [number * number for number in range(10)], "lat": 48.1, "lon": 11.5})

st.title("Rich :material/thumb_up:")
st.latex(r"x^2")
st.code("print(1)", language="python")
st.plotly_chart(px.scatter(rows, x="x", y="y"))
st.altair_chart(alt.Chart(rows).mark_line().encode(x="x", y="y"))
st.line_chart(rows, x="x", y="y")
st.dataframe(rows)
st.table(rows.head(2))
st.map(rows)
st.button("Press", icon=":material/star:")
st.slider("Slider", 0, 10)
st.file_uploader("File")
st.chat_message("assistant").write("hello")
st.components.v1.html("<p>some html</p>")
st.write("all is here")
