"""Simulates storage and PyTorch's loader, independently of feedrate: the truth that its predictions are tested against.

    python3 test/training/predict/loader-simulation.py > test/fixtures/training/feed-simulation.json

Processes are generators that yield ('wait', seconds), ('read',) or ('on', event). Nothing here knows of a ramp: the storage
is simulated as what it is (a queue with servers, a shared pipe, a storage that stops now and then). It is first measured
as feedrate measures a mount, with k readers that never pause, and then trained from, with n ranks and a barrier.
"""
import heapq
import json
import random


class Event:
    def __init__(self):
        self.is_set = False
        self.waiting = []


class World:
    """A clock and processes. The storage is told of every read and calls `finish`."""

    def __init__(self, storage_class, seed):
        self.now = 0.0
        self.heap = []
        self.order = 0
        self.random = random.Random(seed)
        self.storage = storage_class(self)

    def at(self, time, action):
        self.order += 1
        heapq.heappush(self.heap, (time, self.order, action))

    def start(self, process):
        self.resume(process)

    def resume(self, process):
        try:
            request = next(process)
        except StopIteration:
            return
        if request[0] == 'wait':
            self.at(self.now + request[1], lambda: self.resume(process))
        elif request[0] == 'read':
            self.storage.read(lambda: self.resume(process))
        elif request[1].is_set:
            self.resume(process)
        else:
            request[1].waiting.append(process)

    def set(self, event):
        event.is_set = True
        waiting, event.waiting = event.waiting, []
        for process in waiting:
            self.at(self.now, lambda process=process: self.resume(process))

    def run(self, until=None):
        while self.heap and (until is None or self.heap[0][0] <= until):
            self.now, _, action = heapq.heappop(self.heap)
            action()


class Queue:
    """First come, first served, by some servers."""

    servers = 4

    def __init__(self, world):
        self.world = world
        self.busy = 0
        self.line = []

    def service(self):
        return self.world.random.expovariate(1 / 0.004)

    def read(self, done):
        self.line.append(done)
        self.serve()

    def serve(self):
        while self.busy < self.servers and self.line:
            self.busy += 1
            done = self.line.pop(0)
            self.world.at(self.world.now + self.service(), lambda done=done: self.finish(done))

    def finish(self, done):
        self.busy -= 1
        self.serve()
        done()


class SlowFew(Queue):
    """2 % of the samples take 25 times as long."""

    servers = 8

    def service(self):
        return 0.003 * (25 if self.world.random.random() < 0.02 else 1) * self.world.random.uniform(0.8, 1.2)


class Pipe:
    """A time to open, then a pipe that all streams share, each with a rate of its own at most."""

    total, each = 100.0, 30.0  # MB/s

    def __init__(self, world):
        self.world = world
        self.streams = {}
        self.version = 0
        self.last = 0.0

    def read(self, done):
        opening = self.world.random.lognormvariate(-6.2, 0.6)
        self.world.at(self.world.now + opening, lambda: self.begin(done))

    def rate(self):
        return min(self.each, self.total / len(self.streams))

    def progress(self):
        for stream in self.streams:
            self.streams[stream][0] -= (self.world.now - self.last) * self.rate()
        self.last = self.world.now

    def begin(self, done):
        self.progress()
        self.version += 1
        self.streams[self.version] = [self.world.random.uniform(0.5, 1.5), done]
        self.plan()

    def plan(self):
        self.version += 1
        if not self.streams:
            return
        stream = min(self.streams, key=lambda each: self.streams[each][0])
        time = self.world.now + max(0.0, self.streams[stream][0] / self.rate())
        version = self.version
        self.world.at(time, lambda: self.end(stream, version))

    def end(self, stream, version):
        if version != self.version:
            return
        self.progress()
        _, done = self.streams.pop(stream)
        self.plan()
        done()


class Stops(Queue):
    """Every 0.2 s or so, nothing at all ends for 40 ms."""

    servers = 6

    def __init__(self, world):
        super().__init__(world)
        self.resumes = 0.0
        world.at(world.random.uniform(0, 0.2), self.stop)

    def stop(self):
        self.resumes = self.world.now + 0.04
        self.world.at(self.resumes + self.world.random.uniform(0.1, 0.2), self.stop)

    def service(self):
        return self.world.random.gammavariate(4, 0.001)

    def finish(self, done):
        if self.world.now < self.resumes:
            self.world.at(self.resumes, lambda: self.finish(done))
        else:
            super().finish(done)


KEPT_READS = 160


def measure(storage, readers, rounds, seconds, seed):
    """
    Rounds of k readers that read one sample after another. Latencies in units of 10 microseconds, of the first part of
    the time, to keep the fixture small.
    """
    result = []
    for number in range(rounds):
        world = World(storage, seed + number)
        latencies = [[] for _ in range(readers)]
        warm = 0.1 * seconds

        def reader(own):
            while True:
                begun = world.now
                yield ('read',)
                if begun >= warm:
                    own.append((begun - warm, round((world.now - begun) * 1e5)))

        counted = [0]

        def counting(process):
            for step in process:
                yield step
                if world.now >= warm:
                    counted[0] += 1

        for own in latencies:
            world.start(counting(reader(own)))
        world.run(until=warm + seconds)
        kept = KEPT_READS * readers * seconds / counted[0]
        latencies = [[latency for begun, latency in own if begun <= kept] for own in latencies]
        result.append({'samples': counted[0], 'seconds': seconds, 'latencies': latencies})
    return {'readers': readers, 'rounds': result}


def train(storage, ranks, workers, prefetch, batch, compute, steps, seed, cost=0.0):
    """AU without the steps that the loader's stock distorts, and samples/s in these steps."""
    world = World(storage, seed)
    tasks = [[[] for _ in range(workers)] for _ in range(ranks)]
    posted = [[Event() for _ in range(workers)] for _ in range(ranks)]
    made = [[Event() for _ in range(steps)] for _ in range(ranks)]
    arrived = {}
    ends = [[] for _ in range(ranks)]

    def post(rank, task):
        if task < steps:
            tasks[rank][task % workers].append(task)
            world.set(posted[rank][task % workers])

    def worker(rank, own):
        while True:
            if not tasks[rank][own]:
                posted[rank][own] = Event()
                yield ('on', posted[rank][own])
            task = tasks[rank][own].pop(0)
            for _ in range(batch):
                yield ('read',)
                if cost:
                    yield ('wait', cost)
            world.set(made[rank][task])

    def trainer(rank):
        for task in range(workers * prefetch):
            post(rank, task)
        for step in range(steps):
            yield ('on', made[rank][step])
            post(rank, step + workers * prefetch)
            yield ('wait', compute)
            gate, count = arrived.setdefault(step, [Event(), 0])
            arrived[step][1] = count + 1
            if count + 1 == ranks:
                world.set(gate)
            else:
                yield ('on', gate)
            ends[rank].append(world.now)

    for rank in range(ranks):
        for own in range(workers):
            world.start(worker(rank, own))
    for rank in range(ranks):
        world.start(trainer(rank))
    while len(ends[0]) < steps:
        world.now, _, action = heapq.heappop(world.heap)
        action()
    stock = workers * prefetch
    counted = steps - 2 * stock
    wall = ends[0][steps - stock - 1] - ends[0][stock - 1]
    first = ends[0][0]
    return {
        'accelerators': ranks, 'workers': workers, 'prefetch': prefetch, 'batch': batch, 'compute': compute,
        'cost': cost, 'steadyAu': round(counted * compute / wall, 5),
        'referenceAu': round((steps - 1) * compute / (ends[0][-1] - first), 5),
        'samplesPerSecond': round(counted * batch * ranks / wall, 3),
        'steps': steps,
    }


SETTINGS = [
    # ranks, workers, prefetch, batch, demand as a share of what the storage serves
    (1, 1, 2, 4, 0.5), (1, 4, 2, 4, 0.7), (1, 8, 1, 8, 1.1), (2, 4, 2, 4, 0.9), (2, 8, 2, 16, 1.0),
    (4, 2, 2, 4, 0.8), (4, 4, 1, 8, 1.1), (4, 4, 2, 8, 1.1), (8, 1, 2, 6, 0.9), (8, 2, 4, 6, 1.3),
]


def main():
    stations = []
    for name, storage, served in [('queue', Queue, 1000), ('slow-few', SlowFew, 1801), ('pipe', Pipe, 100), ('stops', Stops, 1184)]:
        seconds = 6000 / served
        points = [measure(storage, readers, 4, seconds * (0.3 if readers == 1 else 1), 100 * readers) for readers in (1, 2, 4, 8, 16)]
        truths = []
        for ranks, workers, prefetch, batch, demand in SETTINGS:
            compute = ranks * batch / served / demand
            steps = max(200, 60000 // (ranks * batch))
            truths.append(train(storage, ranks, workers, prefetch, batch, compute, steps, 7))
        truths.append(train(storage, 2, 4, 2, 8, 2 * 8 / served / 0.9, 3000, 7, cost=2 / served))
        stations.append({'name': name, 'points': points, 'truths': truths})
    print('[')
    print(',\n'.join(json.dumps(station, separators=(',', ':')) for station in stations))
    print(']')


main()
