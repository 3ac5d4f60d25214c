"""One function's process, driven through a Lambda Runtime API of our own, and what it takes: time, processor, memory."""
import atexit
import itertools
import json
import os
import queue
import signal
import subprocess
import time

from services import ACCOUNT, CREDENTIALS, REGION
from wire import Server

TIMEOUT = 60
NEXT = "/2018-06-01/runtime/invocation/next"


class RuntimeApi:
    """Hands one process one invocation at a time."""

    def __init__(self, name):
        self.name, self.events, self.said = name, queue.Queue(), queue.Queue()
        self.server = Server(self.answer)
        self.address = f"127.0.0.1:{self.server.port}"

    def answer(self, request):
        if request.target == NEXT:
            self.said.put(("polled", request.arrived, None))
            given = self.events.get()
            if given is None:
                return None
            number, event, deadline = given
            headers = {"Content-Type": "application/json", "Lambda-Runtime-Aws-Request-Id": f"00000000-0000-4000-8000-{number:012}",
                       "Lambda-Runtime-Deadline-Ms": str(deadline), "Lambda-Runtime-Trace-Id": "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0",
                       "Lambda-Runtime-Invoked-Function-Arn": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{self.name}"}
            return 200, headers, event
        self.said.put((request.target.rpartition("/")[2], request.arrived, request.json()))
        return 202, {}, b"null"


class Failed(Exception):
    pass


class Used:
    """What one invocation took: seconds on the clock, seconds of a processor, peak MiB of the process so far."""

    def __init__(self, answer, wall, cpu, peak):
        self.answer, self.wall, self.cpu, self.peak = answer, wall, cpu, peak


class Function:
    numbers = itertools.count(1)

    def __init__(self, name, binary, environment, log=None, wrapper=(), in_cgroup=None):
        self.name, self.environment, self.log, self.wrapper, self.in_cgroup = name, environment, log, list(wrapper), in_cgroup
        self.command = [*self.wrapper, *(binary if isinstance(binary, list) else [str(binary)])]
        self.process, self.api = None, None
        atexit.register(self.end)

    def start(self):
        """Seconds from the start of the process to its first poll."""
        self.api = RuntimeApi(self.name)
        environment = of_lambda(self.name) | self.environment | {"AWS_LAMBDA_RUNTIME_API": self.api.address}
        out = open(self.log, "ab") if self.log else subprocess.DEVNULL
        # With no need to do anything in the child, posix_spawn costs a tenth of a fork.
        began = time.perf_counter()
        self.process = subprocess.Popen(self.command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, close_fds=False)
        if self.in_cgroup:
            self.in_cgroup(self.process.pid)
        what, arrived, body = self.said(60)
        if what != "polled":
            raise Failed(f"{self.name} cannot start: {body}")
        return arrived - began

    def invoke(self, event, timeout=TIMEOUT):
        if self.process is None:
            self.start()
        cpu = self.cpu()
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        began = time.perf_counter()
        self.api.events.put((next(self.numbers), body, int((time.time() + timeout) * 1000)))
        what, ended, answer = self.said(timeout + 5)
        if what != "response":
            raise Failed(f"{self.name}: {what}: {answer}")
        if self.said(timeout + 5)[0] != "polled":
            raise Failed(f"{self.name} did not poll again")
        return Used(answer, ended - began, self.cpu() - cpu, self.peak())

    def said(self, patience):
        end = time.monotonic() + patience
        while True:
            try:
                return self.api.said.get(timeout=.2)
            except queue.Empty:
                if self.process.poll() is not None:
                    raise Failed(f"{self.name} ended with {self.process.returncode}; see {self.log}") from None
                if time.monotonic() > end:
                    raise Failed(f"{self.name} took longer than {patience} s") from None

    def cpu(self):
        """Seconds of all threads that are alive; the kernel's count in nanoseconds."""
        total = 0
        for thread in os.listdir(f"/proc/{self.process.pid}/task"):
            try:
                with open(f"/proc/{self.process.pid}/task/{thread}/schedstat") as stat:
                    total += int(stat.read().split()[0])
            except OSError:
                pass
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rpartition(")")[2].split()
        ended = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # in hundredths, of ended threads too
        return max(total / 1e9, ended)

    def peak(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024

    def end(self):
        """Seconds of a processor that the process took in all."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGKILL)
        self.api.events.put(None)
        _, _, usage = os.wait4(self.process.pid, 0)
        self.process.returncode, self.process = -9, None
        self.api.server.close()
        return usage.ru_utime + usage.ru_stime


def of_lambda(name):
    return CREDENTIALS | {"AWS_LAMBDA_FUNCTION_NAME": name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
                          "AWS_LAMBDA_LOG_FORMAT": "Text", "_HANDLER": "bootstrap", "TZ": ":UTC", "LANG": "en_US.UTF-8", "PATH": os.environ["PATH"]}
