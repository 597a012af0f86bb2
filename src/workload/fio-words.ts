/** The words of fio that feedrate spells differently or does not have, each with advice. */

/** Options by advice. An option may be followed by its alias. */
const OPTIONS_BY_ADVICE: Readonly<Record<string, string>> = {
  'write bs': 'blocksize',
  'write the range as bs: 4k-64k': 'bsrange blocksize_range',
  'write the mix as bs: 4k/60:64k/40': 'bssplit',
  'sizes of a range are multiples of its smallest size': 'bs_unaligned blocksize_unaligned',
  'write one job for each': 'bs_is_seq_rand percentage_random percentage_sequential rw_sequencer',
  'every block begins at a multiple of its size': 'ba blockalign offset_align',
  'write rw': 'readwrite',
  'write rwmixread, the percentage of reads': 'rwmixwrite',
  'write io_size': 'io_limit',
  'write io_size, the bytes of each worker': 'number_ios',
  'write size': 'fill_device fill_fs',
  'write size, the bytes of all files of a worker, and nrfiles': 'filesize',
  'jobs begin at the start of their files': 'offset fileoffset offset_increment file_append',
  'files of random and mixed writes are always overwritten': 'overwrite',
  'write direct': 'buffered',
  'write cache: cold': 'invalidate',
  'write cache: warm': 'pre_read',
  'write fsync: 1': 'sync write_barrier sync_file_range',
  'write end_fsync': 'fsync_on_close create_fsync',
  'write norandommap': 'softrandommap',
  'write randseed': 'randrepeat allrandrepeat random_generator',
  'write verify: true':
    'do_verify verify_only verify_fatal verify_async verify_async_cpus verify_backlog verify_backlog_batch verify_interval verify_pattern verify_pattern_interval verify_policy verify_header_seed verifysort_nr experimental_verify',
  'write madvise for files that are mapped; others are read without advice': 'fadvise_hint',
  'name targets on the command line with -t; to read files that exist, use dataset: {path: …} or feedrate read':
    'directory filename filename_format unique_filename opendir',
  'feedrate has directories of its own': 'lockfile create_on_open allow_file_create allow_mounted_write',
  'files are laid out first, alone by feedrate prepare': 'create_only create_serialize',
  'jobs of kind io have all their files open, others one at a time': 'openfiles',
  'files are read one after the other': 'file_service_type',
  'use time_based, or io_size larger than size': 'loops',
  'workers are always threads': 'thread',
  'workers are always reported together': 'group_reporting new_group per_job_logs',
  'jobs always run one after the other':
    'stonewall wait_for_previous wait_for startdelay start_delay flow flow_id flow_watermark flow_sleep',
  'a trial ends when every worker has done its part': 'exitall exit_what exitall_on_error',
  'the queue is always kept full': 'iodepth_batch iodepth_batch_submit iodepth_low serialize_overlap io_submit_mode',
  'completions are always taken as soon as they are there':
    'iodepth_batch_complete iodepth_batch_complete_min iodepth_batch_complete_max',
  'io_uring is always set up with what the kernel grants': 'fixedbufs registerfiles sqthread_poll hipri nonvectored',
  'files are always removed; those of the dataset by feedrate clean': 'unlink unlink_each_loop',
  'content is incompressible':
    'buffer_compress_percentage buffer_compress_chunk zero_buffers scramble_buffers buffer_pattern',
  'content never repeats': 'dedupe_percentage dedupe_mode dedupe_global dedupe_working_set_percentage',
  'use a comment': 'description',
  'write defaults': 'global',
  'the name of a job is its key below jobs': 'name jobname',
  'write thresholds, such as p99(latency) < 20ms':
    'rate_min ratemin rate_iops_min max_latency latency_target latency_window latency_percentile latency_run',
  'use feedrate gate --adaptive, which adds sessions until it can decide':
    'steadystate ss steadystate_duration ss_dur steadystate_ramp_time ss_ramp steadystate_check_interval ss_interval',
  'a run keeps timeseries.csv and latency.hlog':
    'write_bw_log write_lat_log write_iops_log write_hist_log log_avg_msec log_hist_msec bwavgtime iopsavgtime',
  'choose columns of the report with --cols':
    'percentile_list clat_percentiles lat_percentiles slat_percentiles significant_figures unified_rw_reporting',
  'every operation is measured': 'gtod_reduce gtod_cpu disable_lat disable_clat disable_slat disable_bw_measurement',
  'a failed operation ends the trial': 'continue_on_error ignore_error error_dump',
  'start feedrate with nice, ionice, taskset, numactl or systemd-run':
    'nice prio prioclass priohint cpumask cpus_allowed cpus_allowed_policy numa_cpu_nodes numa_mem_policy cgroup cgroup_weight cgroup_nodelete uid gid',
  'every operation has the priority of its process; start feedrate with ionice':
    'cmdprio cmdprio_percentage cmdprio_class cmdprio_hint cmdprio_bssplit',
  'run the command before or after feedrate': 'exec_prerun exec_postrun ioscheduler',
  'buffers are always aligned memory of the worker': 'mem iomem mem_align iomem_align hugepage-size lockmem',
  'units are explicit: 4k and 4KiB are 4096 bytes, 4kB is 4000 bytes': 'kb_base unit_base',
  'record a program with strace instead, and replay it: feedrate import trace strace.txt':
    'write_iolog read_iolog read_iolog_chunked replay_redirect replay_no_stall replay_time_scale replay_scale replay_align replay_skip merge_blktrace_file merge_blktrace_scalars merge_blktrace_iters',
  'feedrate has no zones':
    'zonemode zonerange zonesize zoneskip zonecapacity max_open_zones job_max_open_zones read_beyond_wp ignore_zone_limits zone_reset_threshold zone_reset_frequency recover_zbd_write_error write_zone_remainder',
  'feedrate does not trim': 'trim_percentage trim_backlog trim_backlog_batch trim_verify_zero num_range',
  'feedrate measures file systems, which send no such commands to a device':
    'fdp dataplacement data_placement plid_select fdp_pli_select plids fdp_pli dp_scheme write_hint md_per_io_size pi_act pi_chk apptag apptag_mask cmd_type cdb_len deac readfua writefua verify_bytchk',
  'operations are made without flags': 'uncached nowait force_async hipri_percentage sqthread_poll_cpu',
  'distributions are random, zipf:THETA, pareto:H and hotband:OPERATIONS/SPACE': 'random_sequence_stride',
  'feedrate does not prepare the state of a device': 'sprandom spr_op spr_num_regions spr_cs',
  'write ramp_time': 'ramp_size',
  'a pause is thinktime after thinktime_blocks blocks, in which the worker sleeps':
    'thinkcycles thinktime_iotime thinktime_blocks_type thinktime_spin',
  'feedrate has no profiles': 'profile',
};

/** fio's options, each with advice. */
export const FIO_OPTIONS: ReadonlyMap<string, string> = new Map(
  Object.entries(OPTIONS_BY_ADVICE).flatMap(([advice, words]) => words.split(' ').map((word) => [word, advice])),
);

/** The engines of fio that feedrate does not have, by advice. */
const ENGINES_BY_ADVICE: Readonly<Record<string, string>> = {
  'use io_uring, which keeps iodepth operations in flight': 'libaio posixaio solarisaio windowsaio',
  'use psync, which makes one pread or pwrite per operation': 'sync vsync pvsync pvsync2 splice',
  'use mmap, which copies from mapped files': 'libpmem',
  'use null, which moves no data': 'cpp_null',
  'name the server as target, -t nfs://SERVER/EXPORT': 'nfs libnfs',
  'feedrate measures file systems that are mounted, and NFS servers':
    'rados rbd gfapi gfapi_async libhdfs http nbd net netsplice rdma dev-dax mtd dfs ime_psync ime_psyncv ime_aio libiscsi',
  'it sends commands to a device, and feedrate measures file systems': 'io_uring_cmd sg libzbc xnvme libblkio',
  'it moves data into the memory of a GPU, and feedrate into that of the machine': 'libcufile libhipfile',
  'use a job of kind metadata, whose operations are create, stat, readdir, rename and unlink':
    'filecreate filestat filedelete dircreate dirstat dirdelete',
  'it changes files without moving their data, and feedrate has no job for it': 'falloc ftruncate e4defrag',
  'it moves no data of files': 'cpuio exec page_fault',
};

/** Values of fio's `ioengine`, each with advice. */
export const FIO_ENGINES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(ENGINES_BY_ADVICE).flatMap(([advice, words]) => words.split(' ').map((word) => [word, advice])),
);

/** Values of fio's `rw`, each with advice. */
export const FIO_PATTERNS: Readonly<Record<string, string>> = {
  readwrite: 'write rw',
  ...Object.fromEntries(
    ['trim', 'randtrim', 'trimwrite', 'randtrimwrite'].map((pattern) => [pattern, 'feedrate does not trim']),
  ),
};
