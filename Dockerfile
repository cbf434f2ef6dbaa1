# The first stage installs what the bot needs, also for several processes, with hashes as the Makefile does.
FROM python:3.12-slim AS build
COPY requirements-queue.lock .
RUN python -m venv /opt/bot \
    && /opt/bot/bin/python -m pip install --quiet --no-cache-dir --no-compile --disable-pip-version-check \
        --require-hashes --only-binary :all: -r requirements-queue.lock
# The bot needs neither the installer nor the packages' own tests.
RUN /opt/bot/bin/python -m pip uninstall --quiet --yes --disable-pip-version-check pip setuptools \
    && find /opt/bot/lib -depth -type d \( -name tests -o -name sample_data \) -exec rm -r {} \;
COPY bot /app/bot
# Babel brings numbers and dates of some 300 languages. The bot needs those that it is translated into.
RUN cd /opt/bot/lib/python3.*/site-packages/babel/locale-data \
    && for language in *.dat; do \
        case "${language%.dat}" in root | en) continue ;; esac; \
        ls -d /app/bot/words/locale/"${language%.dat}"* >/dev/null 2>&1 || rm "$language"; \
    done
# The root is read-only later, so Python could not keep what it compiles, and each start would take twice as long.
# The compiled files do not depend on the times of the sources, which copies may change.
RUN python -m compileall -q -f --invalidation-mode unchecked-hash /opt/bot/lib /app

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home bot \
    && install -d -o bot -g bot /data
COPY --from=build /opt/bot /opt/bot
COPY --from=build /app /app
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
