/** The signals with which users and schedulers end a command: Ctrl-C, `kill`, and a terminal that is closed. */
export const INTERRUPTIONS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
