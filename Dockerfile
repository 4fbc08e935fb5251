# The serving image: no torch, no training. Build the artifacts first (make run, or training.build), then:
#   docker build -t parley . && docker run --env-file .env -v parley-state:/state parley
FROM python:3.12.12-slim-bookworm

RUN useradd --create-home --uid 10001 parley && mkdir /state && chown parley /state
WORKDIR /app
COPY pyproject.toml requirements.lock README.md LICENSE ./
COPY domain domain
COPY bot bot
RUN pip install --no-cache-dir --constraint requirements.lock .
COPY artifacts artifacts

USER parley
ENV PARLEY_STATE_DIR=/state
VOLUME /state
# Bots have no port to probe: the process ends when Discord refuses it, and Docker restarts it.
ENTRYPOINT ["python", "-m", "bot"]
