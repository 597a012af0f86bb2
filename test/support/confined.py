"""Runs a command under restrictions that the kernel itself enforces.

    python3 confined.py [--refuse-io-uring ERRNO] [--memlock BYTES] COMMAND...

--refuse-io-uring  a seccomp filter, as containers have one: the calls of io_uring fail with this error number
--memlock          an ordinary user (nobody, where this one is root) who may lock so many bytes
"""

import argparse
import ctypes
import os
import resource
import struct

NOBODY = 65534
# io_uring_setup, io_uring_enter and io_uring_register have these numbers on every architecture.
CALLS = (425, 426, 427)
PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_NO_NEW_PRIVS = 22, 2, 38
SECCOMP_RET_ERRNO, SECCOMP_RET_ALLOW = 0x00050000, 0x7FFF0000
BPF_LOAD_WORD, BPF_JUMP_IF_EQUAL, BPF_RETURN = 0x20, 0x15, 0x06


def prctl(*arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(*(ctypes.c_ulong(argument) for argument in arguments)) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def refuse_io_uring(error):
    """linux/filter.h: instructions of code, jump if true, jump if false, operand."""
    instructions = [(BPF_LOAD_WORD, 0, 0, 0)]
    for place, call in enumerate(CALLS):
        instructions.append((BPF_JUMP_IF_EQUAL, len(CALLS) - place, 0, call))
    instructions.append((BPF_RETURN, 0, 0, SECCOMP_RET_ALLOW))
    instructions.append((BPF_RETURN, 0, 0, SECCOMP_RET_ERRNO | error))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in instructions))
    program = ctypes.create_string_buffer(struct.pack("HP", len(instructions), ctypes.addressof(code)))
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0)


def become_ordinary(memlock_bytes):
    resource.setrlimit(resource.RLIMIT_MEMLOCK, (memlock_bytes, memlock_bytes))
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


parser = argparse.ArgumentParser()
parser.add_argument("--refuse-io-uring", type=int)
parser.add_argument("--memlock", type=int)
parser.add_argument("command", nargs=argparse.REMAINDER)
options = parser.parse_args()
if options.memlock is not None:
    become_ordinary(options.memlock)
if options.refuse_io_uring is not None:
    refuse_io_uring(options.refuse_io_uring)
os.execvp(options.command[0], options.command)
