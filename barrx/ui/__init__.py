"""The dashboard: everything that imports Streamlit, but for the page files."""
