# The same install path as the Makefile: a virtual environment, from requirements.lock, with hashes.
FROM python:3.12-slim AS build
COPY requirements.lock .
RUN python -m venv /opt/bot \
    && /opt/bot/bin/python -m pip install --quiet --no-cache-dir --disable-pip-version-check \
        --require-hashes --only-binary :all: -r requirements.lock

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home bot \
    && install -d -o bot -g bot /data
COPY --from=build /opt/bot /opt/bot
COPY bot /app/bot
WORKDIR /app
ENV PATH=/opt/bot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data \
    MPLCONFIGDIR=/tmp/matplotlib \
    OPS_HOST=0.0.0.0 \
    OPS_PORT=8080 \
    LOG_FORMAT=json
# By number, so that a cluster can see that it is not root.
USER 10001
VOLUME /data
EXPOSE 8080
# The start may have to bring the schema up to date first.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.build_opener(web.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['OPS_PORT'] + '/healthz', timeout=4)"]
# No shell between: the bot itself gets SIGTERM, and ends within 10 seconds without losing anything.
CMD ["python", "-m", "bot", "run"]
