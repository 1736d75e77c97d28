# Two stages: the first builds the wheel and installs it with the pinned versions, the second only carries the result.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
RUN python -m venv /opt/graph-api
COPY pyproject.toml requirements.lock requirements-dev.lock LICENSE README.md ./
COPY graph_api graph_api
COPY cypher cypher
COPY seeds seeds
# Every package is checked by its hash. What builds the wheel is in the lock for development.
RUN pip install --require-hashes --no-deps --requirement requirements-dev.lock \
    && python -m build --wheel --no-isolation \
    && /opt/graph-api/bin/pip install --require-hashes --no-deps --requirement requirements.lock \
    && /opt/graph-api/bin/pip install --no-deps dist/*.whl \
    && /opt/graph-api/bin/graph-api prepare-engine \
    && /opt/graph-api/bin/pip uninstall --yes pip

FROM python:3.13-slim-trixie
RUN useradd --system --uid 10001 --create-home --home-dir /data graph-api
COPY --from=build /opt/graph-api /opt/graph-api
ENV PATH=/opt/graph-api/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    GRAPH_API_HOST=0.0.0.0 \
    GRAPH_API_PORT=8000 \
    GRAPH_API_DATA_DIR=/data
USER graph-api
WORKDIR /data
VOLUME /data
EXPOSE 8000
# http.client, because urllib would ask a proxy of the environment.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "-c", "import http.client, os, sys; ask = http.client.HTTPConnection('127.0.0.1', int(os.environ['GRAPH_API_PORT']), timeout=4); ask.request('GET', '/readyz'); sys.exit(ask.getresponse().status != 200)"]
ENTRYPOINT ["graph-api"]
CMD ["serve", "--no-demo"]
