"""What a sealed child does to get out, way by way; each stops at the first door, and sends nothing if one is open.

Addresses are those kept for documentation (192.0.2.1, RFC 5737), names end in .invalid (RFC 6761).
"""

from __future__ import annotations

import ctypes
import errno
import http.client
import importlib
import mmap
import os
import smtplib
import socket
import sys
import urllib.request
import webbrowser
from collections.abc import Callable, Mapping
from typing import Any, Final

from assistant.proving.kernel import DATAGRAM, KERNEL, RAW, STREAM, UNIX, Seen, answer, families, libc, open_socket

ADDRESS: Final = "192.0.2.1"
NAME: Final = "privet-proof.invalid"
URL: Final = f"http://{ADDRESS}/"
_GUARD: Final = "the guard in Python, before the kernel was asked"
_DEEPEST: Final = 12


class OtherReason(Exception):
    """It did not come about, but the seal is not the reason."""


def attempt(way: str, folder: str) -> Seen:
    """Try one way. folder: where a downloader would put its file."""
    # torch makes this folder when it loads.
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = os.environ["TMPDIR"] = folder
    try:
        return _ATTEMPTS[way]()
    except ImportError as error:
        return Seen("untried", f"{error.name or 'a library'} is not part of this installation")
    except OtherReason as error:
        return Seen("untried", str(error))
    except Exception as error:  # noqa: BLE001 - libraries wrap a refusal in errors of their own
        return judged(error)


def judged(error: BaseException) -> Seen:
    """What an error says: refused by the seal, or failed for a reason that proves nothing."""
    seen: BaseException | None = error
    for _ in range(_DEEPEST):
        reason = getattr(seen, "reason", None)  # urllib's errors carry the first one there
        for one in (seen, reason):
            if isinstance(one, PermissionError) and "never talks to a network" in str(one):
                return Seen("refused", _GUARD, type(error).__name__)
            # An error that names a file is about that file, and proves nothing about networks.
            if isinstance(one, OSError) and one.errno in (errno.EACCES, errno.EPERM) and one.filename is None:
                return Seen("refused", KERNEL, errno.errorcode[one.errno])
        seen = (seen.__cause__ or seen.__context__) if seen is not None else None
    return Seen("untried", f"it failed for another reason ({type(error).__name__})")


def _pair() -> Seen:
    two = (ctypes.c_int * 2)()
    result = libc().socketpair(UNIX, DATAGRAM, 0, two)
    if result == 0:
        os.close(two[0])
        os.close(two[1])
    return answer(result)


def _dns() -> Seen:
    library = libc()
    query = getattr(library, "res_query", None) or ctypes.CDLL("libresolv.so.2", use_errno=True).res_query
    return answer(query(NAME.encode(), 1, 1, ctypes.create_string_buffer(512), 512))


def _python() -> Seen:
    socket.create_connection((ADDRESS, 80), 1).close()
    return Seen("out", "nothing")


def _python_dns() -> Seen:
    socket.getaddrinfo(NAME, 80)
    return Seen("out", "nothing")


def _urllib() -> Seen:
    urllib.request.urlopen(URL, timeout=1).close()
    return Seen("out", "nothing")


def _http() -> Seen:
    http.client.HTTPConnection(ADDRESS, timeout=1).connect()
    return Seen("out", "nothing")


def _mail() -> Seen:
    smtplib.SMTP(ADDRESS, timeout=1).close()
    return Seen("out", "nothing")


def _browser() -> Seen:
    return Seen("out", "nothing") if webbrowser.open(URL) else Seen("untried", "this system has no browser")


def _number(x86_64: int, aarch64: int) -> int:
    return x86_64 if os.uname().machine == "x86_64" else aarch64


def _ring() -> Seen:
    return answer(libc().syscall(425, 8, ctypes.create_string_buffer(120)), errno.EPERM)


def _steal() -> Seen:
    parent = libc().syscall(434, os.getppid(), 0)
    if parent < 0:
        raise OtherReason("the parent can't be named (pidfd_open)")
    try:
        return answer(libc().syscall(438, parent, 0, 0), errno.EPERM)
    finally:
        os.close(parent)


def _trace() -> Seen:
    seize = 0x4206
    return answer(libc().syscall(_number(101, 117), seize, os.getppid(), 0, 0), errno.EPERM)


def _memory() -> Seen:
    return answer(libc().syscall(_number(311, 271), os.getppid(), None, 0, None, 0, 0), errno.EPERM)


def _x32() -> Seen:
    if os.uname().machine != "x86_64":
        raise OtherReason("this processor has no second set of calls")
    return answer(libc().syscall(0x40000000 | 41, 2, STREAM, 0), errno.ENOSYS)


def _i386() -> Seen:
    """Machine code: eax = socket (359 for 32-bit programs), ebx = AF_INET, ecx = SOCKSTREAM, edx = 0, int 0x80."""
    if os.uname().machine != "x86_64":
        raise OtherReason("this processor has no 32-bit door")
    code = bytes.fromhex("53 b867010000 bb02000000 b901000000 ba00000000 cd80 5b c3")
    page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(code)
    call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    result = call()  # the filter ends the process here
    if result >= 0:
        return Seen("out", "nothing")
    return Seen("untried", f"it failed for another reason ({errno.errorcode.get(-result, str(-result))})")


def _program() -> Seen:
    tries = "import ctypes, sys; sys.exit(7 if ctypes.CDLL(None).socket(2, 1, 0) >= 0 else 0)"
    words = [sys.executable.encode(), b"-I", b"-c", tries.encode(), None]
    started = ctypes.c_int()
    arguments = (ctypes.c_char_p * len(words))(*words)
    error = libc().posix_spawn(ctypes.byref(started), words[0], None, None, arguments, None)
    if error:
        ctypes.set_errno(error)
        return answer(-1)
    code = os.waitstatus_to_exitcode(os.waitpid(started.value, 0)[1])
    if code == 0:
        return Seen("refused", "the kernel's filter, which the program has inherited")
    if code == 7:
        return Seen("out", "nothing")
    raise OtherReason(f"the program could not be run (status {code})")


def _namespace() -> Seen:
    entered = answer(libc().syscall(_number(308, 268), -1, 0x40000000), errno.EPERM)
    return entered if entered.outcome != "refused" else answer(libc().unshare(0x10000000 | 0x40000000), errno.EPERM)


def _device() -> Seen:
    if not os.path.exists("/dev/net/tun"):
        raise OtherReason("this system has no /dev/net/tun")
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except PermissionError as error:
        return Seen("refused", "Landlock, or the system's own permissions", errno.errorcode[error.errno or 0])
    return Seen("out", "nothing")


def _file() -> str:
    return os.path.join(os.environ["TMPDIR"], "fetched")


def _library(name: str) -> Any:
    """A library that may not be there, which is then said; loaded by name, since only this child may hold it."""
    return importlib.import_module(name)


def _qt() -> Seen:
    connection = _library("PySide6.QtNetwork").QTcpSocket()
    connection.connectToHost(ADDRESS, 80)
    if connection.waitForConnected(1000):
        return Seen("out", "nothing")
    fault = connection.error().name
    if fault == "SocketAccessError":
        return Seen("refused", KERNEL, fault)
    raise OtherReason(f"it failed for another reason ({fault})")


def _hub() -> Seen:
    _library("huggingface_hub.constants").HF_HUB_OFFLINE = False
    _library("huggingface_hub").get_session().get(URL)
    return Seen("out", "nothing")


def _chroma() -> Seen:
    name = "chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2"
    _library(name).ONNXMiniLM_L6_V2()._download(URL, _file())  # noqa: SLF001 - its downloader has no other name
    return Seen("out", "nothing")


def _torch() -> Seen:
    _library("torch.hub").download_url_to_file(URL, _file(), progress=False)
    return Seen("out", "nothing")


_ATTEMPTS: Final[Mapping[str, Callable[[], Seen]]] = {
    "tcp4": lambda: open_socket(2, STREAM),
    "udp4": lambda: open_socket(2, DATAGRAM),
    "tcp6": lambda: open_socket(10, STREAM),
    "udp6": lambda: open_socket(10, DATAGRAM),
    "ping": lambda: open_socket(2, DATAGRAM, 1),
    "raw": lambda: open_socket(2, RAW, 255),
    "packet": lambda: open_socket(17, RAW, 0x0300),
    "netlink": lambda: open_socket(16, RAW),
    "vsock": lambda: open_socket(40, STREAM),
    "bluetooth": lambda: open_socket(31, RAW, 1),
    "families": lambda: families(set()),
    "abstract": lambda: open_socket(UNIX, STREAM),
    "pair": _pair,
    "dns": _dns,
    "python": _python,
    "python-dns": _python_dns,
    "urllib": _urllib,
    "http": _http,
    "mail": _mail,
    "browser": _browser,
    "ring": _ring,
    "steal": _steal,
    "trace": _trace,
    "memory": _memory,
    "x32": _x32,
    "i386": _i386,
    "program": _program,
    "namespace": _namespace,
    "device": _device,
    "qt": _qt,
    "hub": _hub,
    "chroma": _chroma,
    "torch": _torch,
}
