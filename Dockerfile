# The site as an image: `docker build -t kleinstadt-web-talks .`, or with buildah, which keeps
# HEALTHCHECK only in its older format: `buildah build --format docker -t kleinstadt-web-talks .`
# The proxy in front of it: the same with `--target proxy -t kleinstadt-web-talks-proxy`.
#
# Behind a private CA, hand its certificate over as a secret, which stays out of the image:
#
#   docker build -t kleinstadt-web-talks --secret id=ca,src=ca.crt .
#
# Without the secret, the arguments PIP_CERT and SSL_CERT_FILE name a path inside the build: that of
# a BASE_IMAGE that knows the CA, or of buildah's --volume. For a mail server of the house see
# docs/betrieb.md.
ARG BASE_IMAGE=debian:trixie-slim

FROM ${BASE_IMAGE} AS build
# For pip, and for apt where the base image's sources are reached by https.
ARG PIP_CERT
ARG SSL_CERT_FILE
RUN --mount=type=secret,id=ca,target=/run/secrets/ca,mode=0444 \
    test ! -s /run/secrets/ca || SSL_CERT_FILE=/run/secrets/ca && \
    set -- ${SSL_CERT_FILE:+-o "Acquire::https::CAInfo=$SSL_CERT_FILE"} && \
    apt-get "$@" update && \
    DEBIAN_FRONTEND=noninteractive apt-get "$@" install -y --no-install-recommends \
        python3 python3-venv && \
    rm -rf /var/lib/apt/lists/*

# pip lives in an environment of its own: the image gets what it installs, not pip. Bytecode goes
# by no time stamp: copies between stages round it, and the user at run time cannot write anew.
RUN python3 -m venv /opt/pip && python3 -m venv --without-pip /opt/venv
COPY requirements.txt /tmp/
RUN --mount=type=secret,id=ca,target=/run/secrets/ca,mode=0444 \
    if test -s /run/secrets/ca; then export PIP_CERT=/run/secrets/ca; fi && \
    /opt/pip/bin/pip --python /opt/venv/bin/python --disable-pip-version-check \
        install --no-cache-dir --no-compile --only-binary :all: --require-hashes \
        -r /tmp/requirements.txt && \
    /opt/venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /opt/venv/lib

WORKDIR /app
COPY LICENSE manage.py ./
COPY webtalks webtalks
COPY events events
COPY registration registration
COPY templates templates
COPY static static
# The admin shows it.
COPY docs/handbuch.md docs/
COPY docs/handbuch docs/handbuch
# What the proxy's image needs stays in that one. The two required settings have no influence on the
# files and end with the command. chmod: the files come as the umask of whoever checked them out has
# made them.
RUN rm -r webtalks/proxy && /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash . && \
    SECRET_KEY=collectstatic SITE_URL=http://localhost STATIC_ROOT=/app/staticfiles \
        /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0 && \
    chmod -R u=rwX,go=rX .

# The commands: `web`, `worker`, `manage …`. exec hands the signals to the process itself.
WORKDIR /opt/venv/bin
RUN printf '#!/bin/sh\nexec %s "$@"\n' \
        'python -m gunicorn -c python:webtalks.gunicorn webtalks.wsgi' > web && \
    printf '#!/bin/sh\nexec %s "$@"\n' 'python /app/manage.py worker' > worker && \
    printf '#!/bin/sh\nexec %s "$@"\n' 'python /app/manage.py' > manage && \
    chmod 755 web worker manage


FROM ${BASE_IMAGE} AS proxy
LABEL org.opencontainers.image.title="Kleinstadt Web-Talks, proxy" \
      org.opencontainers.image.description="nginx in front of the Kleinstadt Web-Talks" \
      org.opencontainers.image.licenses="MIT"
ARG SSL_CERT_FILE
# openssl makes the certificate of a try-out.
RUN --mount=type=secret,id=ca,target=/run/secrets/ca,mode=0444 \
    test ! -s /run/secrets/ca || SSL_CERT_FILE=/run/secrets/ca && \
    set -- ${SSL_CERT_FILE:+-o "Acquire::https::CAInfo=$SSL_CERT_FILE"} && \
    apt-get "$@" update && \
    DEBIAN_FRONTEND=noninteractive apt-get "$@" install -y --no-install-recommends \
        nginx-light openssl && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/*
# Volumes take over the owner of these directories.
RUN useradd --uid 10002 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin proxy-webtalks && \
    install -d -o proxy-webtalks -g proxy-webtalks -m 0700 /buffers /certificates
COPY webtalks/proxy /srv/proxy
COPY static/css/tokens.css static/css/site.css /srv/proxy/static/css/
RUN cp /srv/proxy/nginx.conf /etc/nginx/nginx.conf && \
    chmod -R u=rwX,go=rX /srv/proxy && chmod 755 /srv/proxy/start
USER 10002:10002
VOLUME /buffers
EXPOSE 8080 8443
# nginx ends what it is doing on SIGQUIT, and drops it on SIGTERM.
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 CMD ["bash", "-c", "\
exec 3<>/dev/tcp/127.0.0.1/8081 && \
printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -u 3 answer && [[ $answer == *' 204 '* ]]"]
CMD ["/srv/proxy/start"]


FROM ${BASE_IMAGE}
LABEL org.opencontainers.image.title="Kleinstadt Web-Talks" \
      org.opencontainers.image.description="Website and sign-up of the Kleinstadt Web-Talks" \
      org.opencontainers.image.licenses="MIT"
ARG SSL_CERT_FILE
# ca-certificates: the worker checks the mail server's certificate.
# postgresql-client: `manage.py backup` calls pg_dump.
# Pango and HarfBuzz: certificates and reports as PDF; their fonts are the site's own.
RUN --mount=type=secret,id=ca,target=/run/secrets/ca,mode=0444 \
    test ! -s /run/secrets/ca || SSL_CERT_FILE=/run/secrets/ca && \
    set -- ${SSL_CERT_FILE:+-o "Acquire::https::CAInfo=$SSL_CERT_FILE"} && \
    apt-get "$@" update && \
    DEBIAN_FRONTEND=noninteractive apt-get "$@" install -y --no-install-recommends \
        ca-certificates libharfbuzz-subset0 libpangoft2-1.0-0 postgresql-client python3 && \
    rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/*-old /var/log/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin webtalks && \
    install -d -o webtalks -g webtalks -m 0750 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data \
    STATIC_ROOT=/app/staticfiles \
    XDG_CACHE_HOME=/tmp \
    HOST=0.0.0.0 \
    PORT=8000
WORKDIR /app
# By number, so that an orchestrator can see that it is not root's.
USER 10001:10001
VOLUME /data
EXPOSE 8000
# For `web`; the worker listens nowhere and has a check of its own in compose.yaml. The Host header
# must be the site's, and a missing database answers after five seconds (connect_timeout).
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["python", "-c", "\
import http.client, os, sys; \
from urllib.parse import urlsplit; \
web = http.client.HTTPConnection('127.0.0.1', os.environ['PORT'], timeout=8); \
web.request('GET', '/readyz', headers={'Host': urlsplit(os.environ['SITE_URL']).netloc}); \
answer = web.getresponse(); \
print(answer.status, answer.read(1000)); \
sys.exit(answer.status != 200)"]
CMD ["web"]
