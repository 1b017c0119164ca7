# The emulator as a container. `docker build -t outlook365-emulator .`; another base: --build-arg PYTHON_IMAGE=...
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim
FROM ${PYTHON_IMAGE} AS build

WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY pytest_outlook365 pytest_outlook365
COPY emulator emulator
COPY fixtures fixtures
# The environment is made without pip, which installs into it from outside: the image gets no installer in it.
RUN python3 -m venv --without-pip /opt/outlook365 \
 && python3 -m venv /opt/installer \
 && /opt/installer/bin/pip --python /opt/outlook365/bin/python3 install --no-cache-dir --no-compile --disable-pip-version-check . \
 && find /opt/outlook365 -name '*.pyi' -delete \
 && /opt/outlook365/bin/python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/outlook365

FROM ${PYTHON_IMAGE}

LABEL org.opencontainers.image.title="outlook365-emulator" \
      org.opencontainers.image.description="A local emulator of Microsoft Entra ID and the Microsoft Graph mail and calendar API" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.documentation="docs/how-to/docker.md"

COPY --from=build /opt/outlook365 /opt/outlook365
# Temporary files go to the volume, so that the root file system can be read-only and nothing else is writable.
RUN mkdir /data \
 && chown 10365:10365 /data \
 && chmod 1755 /tmp /var/tmp \
 && (chmod -f 755 /run/lock /var/lock || true)

ENV PATH=/opt/outlook365/bin:/usr/local/bin:/usr/bin:/bin \
    HOME=/data \
    TMPDIR=/data \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    OUTLOOK365_EMULATOR_HOST=0.0.0.0 \
    OUTLOOK365_EMULATOR_PORT=8365 \
    OUTLOOK365_EMULATOR_TLS_PORT=8443 \
    OUTLOOK365_EMULATOR_PROXY_PORT=8888 \
    OUTLOOK365_EMULATOR_CA_FILE=/data/ca.pem
EXPOSE 8365 8443 8888
USER 10365:10365
WORKDIR /data
STOPSIGNAL SIGTERM
# Asked each second, so with no more than the standard library: `outlook365-emulator ready` says more to people.
HEALTHCHECK --interval=1s --timeout=3s --start-period=5s --retries=5 \
    CMD ["python3", "-I", "-S", "-c", "import http.client, os; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['OUTLOOK365_EMULATOR_PORT']), timeout=2); c.request('GET', '/_emulator/v1/health'); raise SystemExit(c.getresponse().status != 200)"]
ENTRYPOINT ["outlook365-emulator"]
CMD ["serve"]
