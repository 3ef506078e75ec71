"""What a process holds in memory stays there: no core dumps, and nobody else's debugger or memory reader.

Linux: not dumpable (prctl(2), PR_SET_DUMPABLE), which also keeps /proc/PID/mem and ptrace from other processes of the
same user; and no core files. macOS: PT_DENY_ATTACH (ptrace(2)). Windows: an access list for the process that lets its
user only end it, wait for it and ask for its name (SetSecurityInfo), and no error reports with memory in them. The
last two were written by their systems' documentation and have not been run.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_PR_GET_DUMPABLE: Final = 3
_PR_SET_DUMPABLE: Final = 4
_PT_DENY_ATTACH: Final = 31
_SE_KERNEL_OBJECT: Final = 6
_DACL: Final = 0x4 | 0x80000000  # DACL_SECURITY_INFORMATION, PROTECTED_DACL_SECURITY_INFORMATION
# PROCESS_TERMINATE, SYNCHRONIZE, PROCESS_QUERY_LIMITED_INFORMATION for the owner, and for nobody anything else.
_WINDOWS_RIGHTS: Final = "D:P(A;;0x101001;;;OW)"
_SEM_FAILCRITICALERRORS, _SEM_NOGPFAULTERRORBOX = 0x1, 0x2


def keep_memory_private() -> bool:
    """Do it for this process; for good but for what a program that it becomes does. Returns whether it holds."""
    if sys.platform == "win32":
        return _on_windows()
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "darwin":
        return bool(ctypes.CDLL(None).ptrace(_PT_DENY_ATTACH, 0, None, 0) == 0)
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    return memory_is_private()


def memory_is_private() -> bool:
    """Whether the kernel says so right now; where it can't be asked, False."""
    if not sys.platform.startswith("linux"):
        return False
    import resource

    no_core = resource.getrlimit(resource.RLIMIT_CORE)[0] == 0
    return no_core and ctypes.CDLL(None).prctl(_PR_GET_DUMPABLE, 0, 0, 0, 0) == 0


def _on_windows() -> bool:
    if sys.platform != "win32":
        return False
    kernel, security = ctypes.windll.kernel32, ctypes.windll.advapi32
    kernel.SetErrorMode(_SEM_FAILCRITICALERRORS | _SEM_NOGPFAULTERRORBOX)
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    descriptor, access_list = ctypes.c_void_p(), ctypes.c_void_p()
    present, by_default = ctypes.c_int(), ctypes.c_int()
    if not security.ConvertStringSecurityDescriptorToSecurityDescriptorW(
        ctypes.c_wchar_p(_WINDOWS_RIGHTS), 1, ctypes.byref(descriptor), None
    ):
        return False
    security.GetSecurityDescriptorDacl(
        descriptor, ctypes.byref(present), ctypes.byref(access_list), ctypes.byref(by_default)
    )
    process = ctypes.c_void_p(kernel.GetCurrentProcess())
    refused = security.SetSecurityInfo(process, _SE_KERNEL_OBJECT, _DACL, None, None, access_list, None)
    kernel.LocalFree(descriptor)
    return bool(refused == 0)
