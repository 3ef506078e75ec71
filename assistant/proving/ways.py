"""The ways out that are tried, as data: what an auditor reads about each, and which child tries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

HERE: Final = ""
_CHILD: Final = "assistant.proving.worker"
_PAGE: Final = "ui.page.worker"  # by name alone: the engine knows no window, and may be installed without one


@dataclass(frozen=True, slots=True)
class Way:
    """One way out. id: stable. title: a few words. text: what is done. worker: who does it; "" this process."""

    id: str
    title: str
    text: str
    worker: str = _CHILD


WAYS: Final[tuple[Way, ...]] = (
    Way("here", "This very process", "The process you look at asks the kernel for a socket of each family there is, "
        "but for Unix sockets.", HERE),
    Way("tcp4", "IPv4, TCP", "A child asks the kernel for a TCP socket, past Python."),
    Way("udp4", "IPv4, UDP", "A child asks the kernel for a UDP socket, past Python."),
    Way("tcp6", "IPv6, TCP", "A child asks the kernel for an IPv6 TCP socket."),
    Way("udp6", "IPv6, UDP", "A child asks the kernel for an IPv6 UDP socket."),
    Way("ping", "Ping", "A child asks for a socket that sends echo requests."),
    Way("raw", "Raw packets", "A child asks for a raw IPv4 socket."),
    Way("packet", "Frames on the wire", "A child asks for a packet socket (AF_PACKET)."),
    Way("netlink", "Netlink", "A child asks for a socket to the kernel's own network settings."),
    Way("vsock", "The virtual machine's host", "A child asks for a socket to the host (AF_VSOCK)."),
    Way("bluetooth", "Bluetooth", "A child asks for a Bluetooth socket."),
    Way("families", "Every other family", "A child asks for a socket of each of the 64 lowest families."),
    Way("abstract", "An abstract Unix socket", "A child asks for a socket to programs that listen on a name."),
    Way("pair", "A pair of sockets", "A child asks for two that are joined, from which others can be sent to."),
    Way("dns", "A name, by the C library", "A child asks the C library's resolver for an address."),
    Way("python", "Python's socket", "A child opens a socket as Python code does."),
    Way("python-dns", "A name, by Python", "A child asks Python for an address."),
    Way("urllib", "Python's urllib", "A child fetches a page."),
    Way("http", "Python's http.client", "A child opens a connection to a web server."),
    Way("mail", "Python's smtplib", "A child opens a connection to a mail server."),
    Way("browser", "A browser", "A child asks Python to open a page in the browser."),
    Way("ring", "io_uring", "A child asks for a ring, in which calls are made past every filter."),
    Way("steal", "Another program's socket", "A child asks for a descriptor of its parent (pidfd_getfd)."),
    Way("trace", "Another program's hands", "A child asks to steer its parent (ptrace)."),
    Way("memory", "Another program's memory", "A child asks to write into its parent (process_vm_writev)."),
    Way("x32", "The second set of calls", "A child makes the call by its x32 number."),
    Way("i386", "The 32-bit door", "A child makes the call as a 32-bit program would."),
    Way("program", "Another program", "A child starts a program that is to connect for it."),
    Way("namespace", "Another network", "A child asks to go into another network (setns, unshare)."),
    Way("device", "A network device", "A child opens /dev/net/tun, to make a network card of its own."),
    Way("qt", "Qt's network library", "A child loads QtNetwork and connects with it."),
    Way("hub", "Hugging Face's downloader", "A child fetches a file with huggingface_hub, its offline switch undone."),
    Way("chroma", "Chroma's downloader", "A child has Chroma fetch its default model."),
    Way("torch", "PyTorch's downloader", "A child has torch.hub fetch a file."),
    Way("picture", "A picture in an answer", "A page is drawn that names a file as a picture.", _PAGE),
    Way("share", "A network path in an answer", "A page is drawn that names a picture by a path with two slashes, "
        "which on Windows is a computer in the network.", _PAGE),
    Way("link", "A link in an answer", "Every place of a page with links is pressed.", _PAGE),
)  # fmt: skip
