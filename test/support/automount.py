"""An automounter that mounts nothing until it is told to: automount.py DIRECTORY, which it takes for an autofs.

Prints `ready`, and `asked` when DIRECTORY/there was looked up: who did so waits in the kernel, as for a dead server. The line
`answer` on stdin mounts a tmpfs there and lets them go on; the end of stdin ends it all.
"""
import ctypes
import fcntl
import os
import select
import struct
import subprocess
import sys

READY, FAIL, CATATONIC = 0x9360, 0x9361, 0x9362
# struct autofs_v5_packet: header, token, device, inode, uid, gid, pid, tgid, length of the name; then the name.
REQUEST = struct.Struct("<iiIIQIIIII")

directory = sys.argv[1]
there = os.path.join(directory, "there")
requests, kernels_end = os.pipe()
options = f"fd={kernels_end},pgrp={os.getpgrp()},minproto=5,maxproto=5,indirect"
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b"feedrate-test", directory.encode(), b"autofs", 0, options.encode()) != 0:
    sys.exit(f"autofs: {os.strerror(ctypes.get_errno())}")
os.close(kernels_end)
root = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
tokens = []
try:
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([requests, sys.stdin], [], [])
        if requests in readable:
            packet = os.read(requests, 304)
            _, _, token, *_, length = REQUEST.unpack_from(packet)
            if packet[REQUEST.size : REQUEST.size + length] == b"there":
                tokens.append(token)
                print("asked", flush=True)
            else:
                fcntl.ioctl(root, FAIL, token)
        if sys.stdin in readable:
            if sys.stdin.readline() != "answer\n":
                break
            os.mkdir(there)
            subprocess.check_call(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", there])
            for token in tokens:
                fcntl.ioctl(root, READY, token)
finally:
    fcntl.ioctl(root, CATATONIC)
    os.close(root)
    subprocess.call(["umount", "-l", there], stderr=subprocess.DEVNULL)
    subprocess.call(["umount", "-l", directory])
