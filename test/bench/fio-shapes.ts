/** Job files of fio that cover what an import translates. */

export interface JobShape {
  readonly text: string;
  /** Whether its rate is compared: it lasts long enough, or sets the rate itself. */
  readonly hasRate: boolean;
}

const untimed = (text: string): JobShape => ({ text, hasRate: false });
const timed = (text: string): JobShape => ({ text, hasRate: true });

export const FIO_SHAPES: Readonly<Record<string, JobShape>> = {
  'sequential write, then read': untimed(
    '[global]\nsize=64m\nbs=1m\n[w]\nrw=write\nend_fsync=1\n[r]\nstonewall\nrw=read\n',
  ),
  'random read, queue': timed(
    '[a]\nrw=randread\nsize=64m\nbs=4k\nioengine=io_uring\niodepth=16\niodepth_batch_submit=16\niodepth_batch_complete_max=16\ndirect=1\nruntime=2\ntime_based\n',
  ),
  'mixed, two sizes': untimed('[a]\nrw=randrw\nsize=16m\nbs=16k\nrwmixread=70\nnumjobs=2\n'),
  'mixed in order': untimed('[a]\nrw=rw\nsize=4m\nbs=16k\nrwmixwrite=40\n'),
  'blocks of several sizes': untimed('[a]\nrw=randread\nnorandommap\nsize=8m\nbssplit=4k/50:16k/30:64k/20\n'),
  'a range of sizes': untimed('[a]\nrw=write\nsize=4m\nbsrange=4k-32k\n'),
  'size within a block': untimed('[a]\nrw=read\nsize=1000k\nbs=64k\n[b]\nwait_for=a\nrw=write\nsize=10k\n'),
  'files in one job': untimed('[a]\nrw=read\nnrfiles=4\nsize=16m\nbs=128k\nfile_service_type=sequential\n'),
  'named files': untimed('[a]\nrw=write\nfilename=x:y\nsize=2m\nbs=64k\nfile_service_type=sequential\n'),
  'less and more than a pass': untimed(
    '[a]\nrw=randread\nsize=8m\nio_size=2m\n[b]\nstonewall\nrw=read\nsize=4m\nloops=3\n[c]\nstonewall\nsize=8m\nnumber_ios=100\n',
  ),
  'alike at the same time': untimed('[global]\nrw=read\nsize=8m\nbs=32k\n[a]\n[b]\n[c]\n'),
  'offsets that repeat': untimed('[a]\nrw=randwrite\nsize=2m\nbs=4k\nnorandommap\n'),
  flushes: untimed('[a]\nrw=randwrite\nsize=1m\nbs=16k\nfsync=4\n'),
  'rate limit': timed('[a]\nrw=read\nsize=8m\nbs=64k\nrate=4m\n'),
  'operations per second': timed('[a]\nrw=randwrite\nsize=4m\nbs=4k\nrate_iops=500\n'),
  'pauses and kib': untimed('[a]\nrw=read\nbs=4kib\nsize=2000kib\nthinktime=1ms\nthinktime_blocks=5\n'),
};
