"""Projects to measure with, and folders of Compose files."""
import pathlib
import re


def stack(services):
    """The text of a Compose file whose services do nothing: for commands that start them."""
    lines = ["services:"]
    for n in range(services):
        lines += [f"  s{n}:", "    image: busybox", "    command: sleep 600", "    stop_signal: SIGKILL",
                  f"    environment: {{NUMBER: '{n}', LEVEL: '${{LEVEL:-info}}'}}"]
        if n:
            lines.append(f"    depends_on: [s{(n - 1) // 3}]")
    return "\n".join(lines) + "\n"


COMMON = """services:
  base:
    image: "registry.example.com/${TEAM:-shop}/base:${TAG:-1}"
    restart: unless-stopped
    env_file: [common.env]
    environment: {LANG: C.UTF-8, LOG_FORMAT: json}
    logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}
    healthcheck: {test: [CMD, wget, -qO-, "http://127.0.0.1/health"], interval: 10s, timeout: 2s, retries: 5}
    labels: {team: "${TEAM:-shop}"}
"""

SERVICE = """  s{n}:
    extends: {{file: common.yaml, service: base}}
    image: "registry.example.com/${{TEAM:-shop}}/s{n}:${{TAG:-1}}"
    command: ["serve", "--port", "80", "--name", "s{n}"]
    env_file: [env/s{file}.env]
    environment: {{NUMBER: "{n}", LEVEL: "${{LEVEL:-info}}", DATABASE_URL: "postgres://s{n}:${{PASSWORD:-x}}@db/s{n}"}}
    ports: ["127.0.0.1:{port}:80"]
    volumes: ["./data/s{n}:/data", "cache{file}:/cache", {{type: tmpfs, target: /tmp}}]
    networks: [front, back]
    labels: {{traefik.http.routers.s{n}.rule: "Host(`s{n}.localhost`)"}}
    deploy: {{resources: {{limits: {{cpus: "0.5", memory: 256M}}}}}}
"""

OVERRIDE = """  s{n}:
    environment: {{DEBUG: "1", LEVEL: debug}}
    ports: ["{debug}:9000"]
    volumes: ["./src/s{n}:/app"]
    labels: [dev=true]
"""

ENV_FILES = 20


def large(directory, services):
    """Writes a project of two merged files whose services extend one of a third file and read env files."""
    directory.mkdir()
    (directory / "env").mkdir()
    for n in range(ENV_FILES):
        (directory / f"env/s{n}.env").write_text("".join(f"KEY_{k}='value {k} of {n}'\n" for k in range(10)))
    (directory / "common.env").write_text("# for all\nTZ=UTC\nGREETING=\"hello ${TEAM:-shop}\"\n")
    (directory / ".env").write_text("TEAM=shop\nTAG=1.2.3\n")
    (directory / "common.yaml").write_text(COMMON)
    base, override = ["services:\n"], ["services:\n"]
    for n in range(services):
        base.append(SERVICE.format(n=n, file=n % ENV_FILES, port=10000 + n))
        if n:
            base.append(f"    depends_on: [s{(n - 1) // 3}]\n")
        override.append(OVERRIDE.format(n=n, debug=20000 + n))
    base.append("networks: {front: {}, back: {internal: true}}\nvolumes:\n")
    base += [f"  cache{n}: {{}}\n" for n in range(ENV_FILES)]
    (directory / "compose.yaml").write_text("".join(base))
    (directory / "compose.override.yaml").write_text("".join(override))


def compose_files(folder):
    """The Compose files below a folder."""
    files = (path for path in sorted(pathlib.Path(folder).rglob("*.y*ml")) if path.is_file())
    return [path for path in files if re.search(r"^services:", path.read_text(errors="replace"), re.MULTILINE)]
