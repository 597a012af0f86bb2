"""A DNS server on 127.0.0.1 that stays silent for the first questions: slow-dns.py NAME ADDRESS SILENT"""
import socket
import sys

name, address, silent = sys.argv[1], sys.argv[2], int(sys.argv[3])
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
while True:
    question, peer = server.recvfrom(512)
    labels, at = [], 12
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += 1 + question[at]
    kind = int.from_bytes(question[at + 1 : at + 3], "big")
    print(".".join(labels), kind, "silent" if silent > 0 else "answered", flush=True)
    if silent > 0:
        silent -= 1
        continue
    is_known = ".".join(labels) == name
    has_answer = is_known and kind == 1
    flags = b"\x81\x80" if is_known else b"\x81\x83"
    header = question[:2] + flags + b"\x00\x01" + (b"\x00\x01" if has_answer else b"\x00\x00") + bytes(4)
    answer = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x1e\x00\x04" + socket.inet_aton(address) if has_answer else b""
    server.sendto(header + question[12 : at + 5] + answer, peer)
