/** fio's options that no field of feedrate stands for, because nothing that is measured depends on them. */
import { FIO_OPTIONS } from '../fio-words.js';

interface FioFate {
  /** The values that ask for nothing; null: all. */
  readonly neutral: readonly string[] | null;
  /** What feedrate does instead, if somebody may wonder. */
  readonly note: string | null;
}

const ALWAYS = 'every operation is measured';
const KEPT = 'a run keeps timeseries.csv and latency.hlog';
const ON = ['', '1'];
const OFF = ['0'];

/** Options that can be left out whatever their value is, with what feedrate does. */
const NEUTRAL: Readonly<Record<string, string | null>> = {
  'name description group_reporting new_group thread unit_base kb_base unlink unlink_each_loop per_job_logs': null,
  'percentile_list clat_percentiles lat_percentiles slat_percentiles significant_figures unified_rw_reporting': null,
  'write_bw_log write_lat_log write_iops_log write_hist_log log_avg_msec log_hist_msec log_max_value bwavgtime iopsavgtime':
    KEPT,
  'log_offset log_compression log_store_compressed log_unix_epoch log_prio hist_log log_entries log_window_value': KEPT,
  'gtod_reduce gtod_cpu disable_lat disable_clat disable_slat disable_bw_measurement disable_bw clocksource': ALWAYS,
  'randrepeat allrandrepeat random_generator softrandommap use_os_rand':
    'the order of random offsets comes from randseed',
  'mem iomem mem_align iomem_align hugepage-size':
    'buffers are aligned memory of the worker, and large ones are on huge pages',
  'verify_fatal verify_dump verify_state_save verify_state_load verify_offset verify_interval verifysort verify_sort verify_write_sequence':
    'a wrong block always fails the trial',
  'fixedbufs registerfiles nonvectored': 'io_uring is set up with what the kernel grants',
  'iodepth_batch iodepth_batch_submit iodepth_batch_complete_max':
    'every operation that is ready is submitted, and every completed one collected, in one call',
  'create_serialize create_fsync file_append': null,
  'scramble_buffers end_syncfs exit_what exitall_on_error comm rwmixcycle rate_cycle userspace_reap libaio_vectored':
    null,
  threads: 'an option of fio’s profile tiobench, which does nothing without it',
  'continue_on_error ignore_error error_dump': 'a failed operation fails the trial',
  'log_alternate_epoch log_alternate_epoch_clock_id job_start_clock_id write_barrier stats disk_util': null,
  'log_hist_coarseness log_issue_time log_compression_cpus block_error_percentiles': null,
};

/** Options that can be left out with some values only. */
const NEUTRAL_VALUES: Readonly<Record<string, readonly string[]>> = {
  'startdelay offset offset_increment thinktime_spin rate_min rate_iops_min zero_buffers sync sync_file_range atomic':
    OFF,
  'buffer_compress_percentage buffer_compress_chunk dedupe_percentage bs_unaligned percentage_random percentage_sequential bs_is_seq_rand':
    OFF,
  'fadvise_hint fill_device steadystate create_only create_on_open hipri sqthread_poll verify_only verify_backlog': OFF,
  'nice prio prioclass flow lockmem read_iolog trim_percentage verify_async serialize_overlap iodepth_low': OFF,
  'max_latency latency_target zonesize zoneskip': OFF,
  'cmdprio cmdprio_percentage uncached nowait force_async readfua writefua fdp flow_sleep sprandom thinkcycles': OFF,
  'zonemode lockfile sync_mode dataplacement': ['none'],
  filetype: ['file', 'none'],
  thinktime_blocks_type: ['complete'],
  'iodepth_batch_complete iodepth_batch_complete_min': ['1'],
  'allow_file_create gpu_dev_id': ON,
  io_submit_mode: ['inline', 'offload'],
  verify_pattern: [],
};

/** Other names of options (`options.c`). */
export const FIO_ALIASES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    bs: 'blocksize',
    bsrange: 'blocksize_range',
    rw: 'readwrite',
    runtime: 'timeout',
    io_size: 'io_limit',
    startdelay: 'start_delay',
    stonewall: 'wait_for_previous',
    steadystate: 'ss',
    iodepth_batch_submit: 'iodepth_batch',
    iodepth_batch_complete: 'iodepth_batch_complete_min',
    bs_unaligned: 'blocksize_unaligned',
    blockalign: 'ba',
    nrfiles: 'nr_files',
    offset: 'fileoffset',
    rate_min: 'ratemin',
    rate_cycle: 'ratecycle',
  }).map(([name, alias]) => [alias, name]),
);

/** By option. */
export const FIO_FATES: ReadonlyMap<string, FioFate> = new Map([
  ...Object.entries(NEUTRAL).flatMap(([words, note]) =>
    words.split(' ').map((word): [string, FioFate] => [word, { neutral: null, note }]),
  ),
  ...Object.entries(NEUTRAL_VALUES).flatMap(([words, neutral]) =>
    words.split(' ').map((word): [string, FioFate] => [word, { neutral, note: null }]),
  ),
]);

/** The options that feedrate translates. */
const TRANSLATED =
  'rw bs bsrange bssplit rwmixread rwmixwrite size filesize io_size number_ios nrfiles filename directory openfiles file_service_type ioengine iodepth numjobs direct buffered invalidate pre_read fsync fdatasync end_fsync fsync_on_close overwrite fallocate time_based runtime ramp_time loops thinktime thinktime_blocks rate rate_iops rate_process rate_ignore_thinktime random_distribution norandommap randseed refill_buffers verify do_verify stonewall wait_for exitall'.split(
    ' ',
  );

/** For messages. */
export const KNOWN_WORDS: readonly string[] = [...TRANSLATED, ...FIO_FATES.keys(), ...FIO_OPTIONS.keys()];
