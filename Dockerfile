# Barr X in a container: nobody's rights but its own, data in one volume, a health check.
#
#   docker build -t barrx .
#   docker run --rm -p 8501:8501 -v barrx-data:/data barrx
#
# See docs/container.md.

FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    BARRX_HOME=/data \
    NUMBA_CACHE_DIR=/data/numba

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin barrx \
    && install -d -o barrx -g barrx /data

WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .

USER barrx
VOLUME /data
EXPOSE 8501

HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]

CMD ["streamlit", "run", "app.py", "--server.address", "0.0.0.0", "--server.port", "8501"]
