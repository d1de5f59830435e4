"""Every attribute of a service, as the engine holds it afterwards: the same for hoist and for Docker Compose."""
import json
import re

from harness import has

PROFILE = '{\n  "defaultAction": "SCMP_ACT_ALLOW"\n}\n'

# All that can run on any machine.
RUNNING = """
services:
  base:
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    ipc: shareable
    volumes: [/shared]
    networks: [front]
  everything:
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    cap_add: [NET_ADMIN]
    cap_drop: [MKNOD]
    cgroup: host
    cgroup_parent: /hoist-e2e
    cpu_shares: 512
    cpus: 0.5
    cpuset: "0"
    device_cgroup_rules: ["c 1:3 mr"]
    devices: ["/dev/null:/dev/nothing:r", /dev/zero]
    dns: [192.0.2.1]
    dns_opt: [use-vc]
    dns_search: [example.com]
    domainname: example.com
    environment: {A: b}
    expose: ["90"]
    external_links: ["OUTSIDE:outside"]
    extra_hosts: ["somehost=192.0.2.2"]
    group_add: ["1001"]
    healthcheck: {test: "true", interval: 1m, timeout: 2s, start_period: 3s, retries: 4}
    hostname: host
    init: true
    ipc: service:base
    labels: {own: label}
    links: [base, "base:alias"]
    logging: {driver: json-file, options: {max-size: 1m}}
    mac_address: 02:42:ac:11:65:43
    mem_limit: 64m
    mem_reservation: 32m
    mem_swappiness: 10
    memswap_limit: 128m
    networks:
      front: {aliases: [other], ipv4_address: 172.31.253.5, priority: 10, driver_opts: {com.example.o: "1"}}
      back: {link_local_ips: [169.254.8.8]}
    oom_score_adj: 100
    pid: service:base
    pids_limit: 50
    ports: ["127.0.0.1::80", "81/udp"]
    read_only: true
    restart: on-failure:3
    runtime: runc
    security_opt: [no-new-privileges, "seccomp=profile.json", "systempaths=unconfined"]
    shm_size: 8m
    stdin_open: true
    stop_grace_period: 3s
    sysctls: {net.core.somaxconn: "512"}
    tmpfs: ["/run:size=1m,mode=1777", /scratch]
    tty: true
    ulimits: {nproc: 512, nofile: {soft: 100, hard: 200}}
    user: "0"
    userns_mode: host
    volumes:
      - {type: bind, source: ./source, target: /private, bind: {create_host_path: false, propagation: rprivate}}
      - {type: bind, source: ./source, target: /flat, read_only: true, bind: {create_host_path: false, recursive: disabled}}
      - ./source:/short:ro,z
      - {type: volume, source: data, target: /data, volume: {nocopy: true, labels: {l: x}}}
      - data:/plain
      - {type: tmpfs, target: /memory, tmpfs: {size: 1m, mode: 0700}}
    volumes_from: [base, "container:OUTSIDE"]
    working_dir: /tmp
  limits:
    image: busybox
    command: sleep 600
    stop_signal: SIGKILL
    network_mode: none
    uts: host
    pid: host
    oom_kill_disable: true
    cpu_period: 100000
    cpu_quota: 50000
    deploy:
      resources:
        limits: {memory: 64M, pids: 30}
        reservations: {memory: 32M}
      restart_policy: {condition: on-failure, max_attempts: 2}
networks:
  front:
    driver_opts: {com.docker.network.bridge.name: hoist-e2e0}
    ipam:
      config:
        - {subnet: 172.31.253.0/24, gateway: 172.31.253.1, ip_range: 172.31.253.128/25, aux_addresses: {r: 172.31.253.9}}
    labels: {n: l}
  back: {attachable: true, internal: true, ipam: {config: [{subnet: 172.31.252.0/24}]}}
volumes:
  data: {labels: {v: l}}
"""

# What a machine may lack: made, not started.
CREATED = """
services:
  everything:
    image: busybox
    command: sleep 600
    network_mode: none
    privileged: true
    gpus: [{driver: nvidia, count: 2, options: {a: b}}]
    blkio_config:
      device_read_bps: [{path: /dev/null, rate: 12mb}]
      device_read_iops: [{path: /dev/null, rate: 120}]
      device_write_bps: [{path: /dev/null, rate: 1024k}]
      device_write_iops: [{path: /dev/null, rate: 30}]
    deploy:
      resources:
        limits: {cpus: "0.3"}
        reservations:
          devices: [{capabilities: [tpu], device_ids: ["0"], driver: some}]
"""

# Newer engines only.
NEWEST = """
services:
  everything:
    image: busybox
    command: sleep 600
    annotations: {org.example.note: "yes"}
    devices: [vendor.com/class=name]
    healthcheck: {test: "true", start_period: 3s, start_interval: 1s}
    networks:
      front: {gw_priority: 5, interface_name: up0, mac_address: 02:42:ac:11:65:44, priority: 1}
      back: {mac_address: 02:42:ac:11:65:45}
    volumes:
      - {type: bind, source: ./source, target: /made, bind: {create_host_path: true, propagation: rprivate}}
      - {type: bind, source: ./source, target: /ground, read_only: true, bind: {create_host_path: false, recursive: writable}}
      - {type: volume, source: data, target: /part, volume: {subpath: a}}
      - {type: image, source: busybox, target: /image}
networks:
  front: {enable_ipv4: true, ipam: {config: [{subnet: 172.31.253.0/24}]}}
  back: {ipam: {config: [{subnet: 172.31.252.0/24}]}}
volumes:
  data:
"""


def without_nothing(value):
    """The value without what says nothing: engines and clients spell that in many ways."""
    if isinstance(value, dict):
        kept = {key: without_nothing(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, "", 0, False, {}, [])}
    if isinstance(value, list):
        return [without_nothing(item) for item in value]
    return value


def in_any_order(value):
    return sorted(value or [], key=json.dumps)


def own(labels):
    return {key: value for key, value in (labels or {}).items() if not key.startswith("com.docker.compose.")}


def held(world):
    """What the engine holds of the project but for ids, times and what it chooses by itself."""
    text = json.dumps(world.containers())
    for container in world.containers():
        text = text.replace(container["Id"], container["Name"]).replace(container["Id"][:12], container["Name"])
    containers = json.loads(text)
    services = {c["Name"]: {part: c[part] for part in ("HostConfig", "Config", "NetworkSettings")} for c in containers}
    for service in services.values():
        host, config = service["HostConfig"], service["Config"]
        for key in ("Binds", "Mounts", "Links", "Ulimits", "DeviceRequests"):
            host[key] = in_any_order(host.get(key))
        config["Labels"] = own(config["Labels"])
        config["Env"] = in_any_order(config["Env"])
        networks = service.pop("NetworkSettings")["Networks"]
        service["Networks"] = {
            name: {key: in_any_order(value) if key in ("Aliases", "Links", "DNSNames") else value
                   for key, value in (each or {}).items()
                   if key in ("IPAMConfig", "Links", "Aliases", "DriverOpts", "GwPriority", "DNSNames") or
                   key == "MacAddress" and value.startswith("02:42:ac:11:65")}
            for name, each in networks.items()}
    networks = {name: world.api("GET", f"/networks/{name}") for name in world.networks()}
    volumes = {name: world.api("GET", f"/volumes/{name}") for name in world.volumes()}
    result = {
        "services": services,
        "networks": {name: {**{key: each[key] for key in ("Driver", "IPAM", "Options", "Internal", "Attachable", "EnableIPv6")},
                            "Labels": own(each["Labels"])} for name, each in networks.items()},
        "volumes": {name: {"Driver": each["Driver"], "Options": each["Options"], "Labels": own(each["Labels"])}
                    for name, each in volumes.items()},
    }
    return without_nothing(result)


def differences(ours, theirs, path=""):
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted({*ours, *theirs}):
            yield from differences(ours.get(key), theirs.get(key), f"{path}.{key}")
    elif ours != theirs:
        yield f"{path.lstrip('.')}: hoist {json.dumps(ours)}, Docker Compose {json.dumps(theirs)}"


def compare(world, file, *words):
    """Both programs make the same of a file, one after the other."""
    (world.directory / "source").mkdir(exist_ok=True)
    world.write("profile.json", PROFILE)
    world.write("compose.yaml", file)
    world.peer(*words)
    theirs = held(world)
    world.peer("down", "-v", "-t", "0")
    said = world.hoist(*words).err
    ours = held(world)
    found = list(differences(ours, theirs))
    assert not found, "not the same:\n" + "\n".join(found)
    world.hoist("down", "-v", "-t", "0")
    return said


def test_every_attribute_reaches_the_engine(world):
    """A file that uses every attribute makes the same containers, networks and volumes as Docker Compose's."""
    world.only_docker("the peer needs Docker")
    outside = f"{world.project}-outside"
    world.api_post(f"/containers/create?name={outside}", {"Image": "busybox", "Cmd": ["sleep", "600"]})
    try:
        world.api_post(f"/containers/{outside}/start")
        said = compare(world, RUNNING.replace("OUTSIDE", outside), "up", "-d")
    finally:
        world.api("DELETE", f"/containers/{outside}?force=1&v=1")
    assert "left out" not in said, said


def test_devices_reach_the_engine(world):
    """Devices and rates of devices that this machine may lack are asked for as by Docker Compose."""
    world.only_docker("the peer needs Docker")
    compare(world, CREATED, "create")


def test_what_is_new_reaches_new_engines_and_is_told_on_old_ones(world):
    """Attributes of newer engines: the same as by Docker Compose there, one warning with their places elsewhere."""
    if world.engine == "docker28":
        assert "left out" not in compare(world, NEWEST, "create")
        return
    (world.directory / "source").mkdir()
    world.write("compose.yaml", re.sub(r".*type: image.*\n", "", NEWEST))
    refused = world.hoist("--strict", "create", code=2)
    has(refused.err, "compose.yaml:6:5: services.everything.annotations: is not carried out: needs Docker 24.0 (API 1.43)")
    assert world.containers() == [] and world.networks() == [] and world.volumes() == []
    said = world.hoist("create").err
    assert said.count("they are left out") == 1, said
    for attribute in ("annotations", "devices[0]", "healthcheck.start_interval", "networks.front.gw_priority",
                      "networks.front.interface_name", "networks.back.mac_address", "volumes[1].bind.recursive",
                      "volumes[2].volume.subpath"):
        assert len(re.findall(rf"compose.yaml:\d+:\d+: services.everything.{re.escape(attribute)}: needs Docker", said)) == 1, said
    has(said, "networks.front.enable_ipv4: needs Docker 28.0 (API 1.48)")
    assert len(world.containers()) == 1


SHARING = """
services:
  one: {image: busybox, command: sleep 600, stop_signal: SIGKILL, ipc: shareable, environment: {A: "1"}, volumes: [/data]}
  two: {image: busybox, command: sleep 600, stop_signal: SIGKILL, ipc: "service:one", pid: "service:one"}
  three: {image: busybox, command: sleep 600, stop_signal: SIGKILL, volumes_from: ["one:ro"]}
  four: {image: busybox, command: sleep 600, stop_signal: SIGKILL, depends_on: [one]}
"""


def test_who_shares_goes_with_the_one_it_shares_with(world):
    """A replaced container takes those along that share its namespaces or volumes, and no others."""
    world.only_docker("Podman removes no container whose namespaces others share")
    world.write("compose.yaml", SHARING)
    world.hoist("up", "-d")
    one, before = world.container("one"), world.ids()
    assert world.container("two")["HostConfig"]["IpcMode"] == f"container:{one['Id']}"
    assert world.container("two")["HostConfig"]["PidMode"] == f"container:{one['Id']}"
    shared = [m for m in world.container("three")["Mounts"] if m["Destination"] == "/data"]
    assert len(shared) == 1 and not shared[0]["RW"] and shared[0]["Name"] == one["Mounts"][0]["Name"]
    world.hoist("up", "-d")
    assert world.ids() == before
    world.write("compose.yaml", SHARING.replace('A: "1"', 'A: "2"'))
    world.hoist("up", "-d")
    after = world.ids()
    changed = {name.rsplit("-", 2)[1] for name in after if after[name] != before[name]}
    assert changed == {"one", "two", "three"}, changed
    assert world.container("two")["HostConfig"]["IpcMode"] == f"container:{world.container('one')['Id']}"
    assert len(world.running()) == 4


SECRETS = """
services:
  web:
    image: busybox
    command: sh -c 'ls -ln /run/secrets /etc/inline | grep -v total; tail -n +1 /run/secrets/* /etc/inline; exec sleep 600'
    user: "1000:1000"
    stop_signal: SIGKILL
    secrets:
      - plain
      - {source: token, uid: "1000", gid: "7", mode: 0400}
      - {source: owned, target: /run/secrets/other, uid: "1000", mode: 0440}
    configs: [{source: inline, target: /etc/inline, mode: 0444}]
secrets:
  plain: {file: ./plain}
  token: {environment: TOKEN}
  owned: {file: ./owned}
configs:
  inline: {content: "level ${LEVEL:-info}\\n"}
"""


def test_secrets_and_configs_of_all_forms(world):
    """Files, variables and inline texts are in the container with their owner and mode, after a kill of up as well."""
    world.write("compose.yaml", SECRETS)
    world.write("plain", "from a file\n")
    world.write("owned", "owned file\n")
    world.environment["TOKEN"] = "a token"

    def shown():
        return world.hoist("exec", "-T", "web", "sh", "-c",
                           "stat -c '%a %u %g' /run/secrets/token /run/secrets/other /etc/inline;"
                           "cat /run/secrets/plain /run/secrets/token /run/secrets/other /etc/inline").out

    expected = "400 1000 7\n440 1000 0\n444 0 0\nfrom a file\na tokenowned file\nlevel info\n"
    world.hoist("up", "-d")
    assert shown() == expected
    container = world.containers()[0]
    assert "a token" not in str(container), "the engine shows the secret"
    # Made by an up that was killed before it put the files in: the next one starts it with them.
    world.hoist("down")
    world.hoist("create")
    assert "a token" not in world.hoist("up", "-d", "--dry-run").out
    world.write("owned", "changed file\n")
    world.hoist("up", "-d")
    assert shown() == expected.replace("owned file", "changed file")
    assert world.hoist("run", "--rm", "-T", "web", "cat", "/run/secrets/token").out == "a token"
    del world.environment["TOKEN"]
    world.hoist("down")
    has(world.hoist("up", "-d", code=2).err, "compose.yaml:", "the variable 'TOKEN' of secret 'token' is not set")
    assert world.containers() == []
