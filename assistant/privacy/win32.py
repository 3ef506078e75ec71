"""The calls of Windows that shut a child in, by ctypes, as `jobs.System` names them. Written; not run on Windows yet.

Source: Microsoft, securitybaseapi.h, jobapi2.h, processthreadsapi.h, winnt.h. On 64 bits there is one way to call.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Final

from assistant.privacy.jobs import Contained

_ALL_ACCESS: Final = 0xF01FF  # TOKEN_ALL_ACCESS
_INTEGRITY_LEVEL: Final = 25  # TokenIntegrityLevel of TOKEN_INFORMATION_CLASS
_GROUP_INTEGRITY: Final = 0x20  # SE_GROUP_INTEGRITY
_HANDLE_LIST, _MITIGATION_POLICY, _CHILD_POLICY = 0x00020002, 0x00020007, 0x0002000E
_ENDED_BY_US: Final = 1
_STANDARD_STREAMS: Final = 3
_USE_THEM: Final = 0x100  # STARTF_USESTDHANDLES
_FLAGS_AT: Final = 7  # dwFlags, among what `sizes` holds
_SIGNALLED: Final = 0  # WAIT_OBJECT_0


class _SidAndAttributes(ctypes.Structure):
    _fields_ = (("Sid", ctypes.c_void_p), ("Attributes", ctypes.c_uint32))


class _StartupInfo(ctypes.Structure):
    """STARTUPINFOEXW."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("names", ctypes.c_void_p * 3),
        ("sizes", ctypes.c_uint32 * 8),
        ("show", ctypes.c_uint16 * 2),
        ("reserved", ctypes.c_void_p),
        ("standard", ctypes.c_void_p * 3),
        ("attributes", ctypes.c_void_p),
    )


class _ProcessInformation(ctypes.Structure):
    _fields_ = (
        ("process", ctypes.c_void_p),
        ("thread", ctypes.c_void_p),
        ("process_id", ctypes.c_uint32),
        ("thread_id", ctypes.c_uint32),
    )


class Windows:
    """`jobs.System` on the real thing. Every call that is refused raises OSError."""

    def __init__(self) -> None:
        self._kernel = ctypes.CDLL("kernel32")
        self._security = ctypes.CDLL("advapi32")
        self._kernel.GetCurrentProcess.restype = ctypes.c_void_p
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._threads: dict[int, int] = {}

    def own_token(self) -> int:
        """The token of this process."""
        token = ctypes.c_void_p()
        here = ctypes.c_void_p(self._kernel.GetCurrentProcess())
        _must(self._security.OpenProcessToken(here, _ALL_ACCESS, ctypes.byref(token)), "OpenProcessToken")
        return token.value or 0

    def restricted(self, token: int, flags: int, restricting: Sequence[str]) -> int:
        """A token that opens only what is open to one of `restricting` as well."""
        sids = (_SidAndAttributes * len(restricting))(*(_SidAndAttributes(self._sid(one), 0) for one in restricting))
        made = ctypes.c_void_p()
        _must(
            self._security.CreateRestrictedToken(
                ctypes.c_void_p(token), flags, 0, None, 0, None, len(restricting), sids, ctypes.byref(made)
            ),
            "CreateRestrictedToken",
        )
        return made.value or 0

    def set_integrity(self, token: int, level: str) -> None:
        """Lower a token's integrity level."""
        label = _SidAndAttributes(self._sid(level), _GROUP_INTEGRITY)
        _must(
            self._security.SetTokenInformation(
                ctypes.c_void_p(token), _INTEGRITY_LEVEL, ctypes.byref(label), ctypes.sizeof(label)
            ),
            "SetTokenInformation",
        )

    def create_job(self) -> int:
        """A job object without a name."""
        job = self._kernel.CreateJobObjectW(None, None)
        _must(job, "CreateJobObject")
        return int(job)

    def set_job(self, job: int, kind: int, data: bytes) -> None:
        """Set one kind of limits."""
        _must(
            self._kernel.SetInformationJobObject(ctypes.c_void_p(job), kind, data, len(data)),
            "SetInformationJobObject",
        )

    def create_process(self, token: int, child: Contained, flags: int, policy: int, mitigations: int) -> int:
        """A process that stands still; its first thread is kept for `resume`."""
        handles = (ctypes.c_void_p * max(1, len(child.inherited)))(*child.inherited)
        values: list[tuple[int, ctypes.Array[ctypes.c_void_p] | ctypes.c_uint32 | ctypes.c_uint64]] = [
            (_MITIGATION_POLICY, ctypes.c_uint64(mitigations)),
            (_CHILD_POLICY, ctypes.c_uint32(policy)),
        ]
        if child.inherited:
            values.append((_HANDLE_LIST, handles))
        attributes = self._attributes(values)
        start = _StartupInfo(cb=ctypes.sizeof(_StartupInfo), attributes=ctypes.addressof(attributes))
        if len(child.inherited) >= _STANDARD_STREAMS:
            start.standard = (ctypes.c_void_p * _STANDARD_STREAMS)(*child.inherited[:_STANDARD_STREAMS])
            start.sizes[_FLAGS_AT] = _USE_THEM
        made = _ProcessInformation()
        environment = ctypes.create_unicode_buffer(child.environment + "\0")
        began = self._security.CreateProcessAsUserW(
            ctypes.c_void_p(token), None, ctypes.create_unicode_buffer(child.command), None, None,
            int(bool(child.inherited)), flags, environment, None, ctypes.byref(start), ctypes.byref(made),
        )  # fmt: skip
        self._kernel.DeleteProcThreadAttributeList(attributes)
        _must(began, "CreateProcessAsUser")
        self._threads[made.process or 0] = made.thread or 0
        return int(made.process or 0)

    def assign(self, job: int, process: int) -> None:
        """Put a process into a job."""
        done = self._kernel.AssignProcessToJobObject(ctypes.c_void_p(job), ctypes.c_void_p(process))
        _must(done, "AssignProcessToJobObject")

    def resume(self, process: int) -> None:
        """Let a process begin."""
        thread = self._threads.pop(process, 0)
        suspended = int(self._kernel.ResumeThread(ctypes.c_void_p(thread)))
        self._kernel.CloseHandle(ctypes.c_void_p(thread))
        _must(int(suspended == 1), "ResumeThread")

    def terminate(self, process: int) -> None:
        """End a process."""
        _must(self._kernel.TerminateProcess(ctypes.c_void_p(process), _ENDED_BY_US), "TerminateProcess")

    def close(self, handle: int) -> None:
        """Let go of a handle."""
        _must(self._kernel.CloseHandle(ctypes.c_void_p(handle)), "CloseHandle")

    def process_id(self, process: int) -> int:
        """The number of a process."""
        number = int(self._kernel.GetProcessId(ctypes.c_void_p(process)))
        _must(number, "GetProcessId")
        return number

    def ended(self, process: int) -> int | None:
        """How a process ended, None while it runs."""
        if self._kernel.WaitForSingleObject(ctypes.c_void_p(process), 0) != _SIGNALLED:
            return None
        status = ctypes.c_uint32()
        _must(self._kernel.GetExitCodeProcess(ctypes.c_void_p(process), ctypes.byref(status)), "GetExitCodeProcess")
        return status.value

    def in_job(self) -> bool:
        """True if this process is in a job."""
        found = ctypes.c_int()
        here = ctypes.c_void_p(self._kernel.GetCurrentProcess())
        _must(self._kernel.IsProcessInJob(here, None, ctypes.byref(found)), "IsProcessInJob")
        return bool(found.value)

    def token_is_restricted(self) -> bool:
        """True if this process' token has restricting SIDs."""
        token = self.own_token()
        try:
            return bool(self._security.IsTokenRestricted(ctypes.c_void_p(token)))
        finally:
            self.close(token)

    def _sid(self, text: str) -> int:
        sid = ctypes.c_void_p()
        _must(self._security.ConvertStringSidToSidW(text, ctypes.byref(sid)), "ConvertStringSidToSid")
        return sid.value or 0  # a few bytes, for as long as this process lives

    def _attributes(
        self, values: Sequence[tuple[int, ctypes.Array[ctypes.c_void_p] | ctypes.c_uint32 | ctypes.c_uint64]]
    ) -> ctypes.Array[ctypes.c_char]:
        size = ctypes.c_size_t()
        self._kernel.InitializeProcThreadAttributeList(None, len(values), 0, ctypes.byref(size))
        room = ctypes.create_string_buffer(size.value)
        _must(
            self._kernel.InitializeProcThreadAttributeList(room, len(values), 0, ctypes.byref(size)),
            "InitializeProcThreadAttributeList",
        )
        for kind, value in values:
            _must(
                self._kernel.UpdateProcThreadAttribute(
                    room,
                    0,
                    ctypes.c_size_t(kind),
                    ctypes.byref(value),
                    ctypes.c_size_t(ctypes.sizeof(value)),
                    None,
                    None,
                ),
                "UpdateProcThreadAttribute",
            )
        return room


def _must(answer: int, name: str) -> None:
    if not answer:
        raise OSError(f"{name} was refused")
