/** The ways in which a loader reads its files. */
export const READER_CHOICES = {
  format: { meaning: 'makes the system calls of the usual Python reader of the format' },
  'mlperf-3.0': { meaning: 'reads whole files, as the client of MLPerf Storage 3.0 does' },
} as const satisfies Readonly<Record<string, { readonly meaning: string }>>;

export type ReaderChoice = keyof typeof READER_CHOICES;

export const READER_CHOICE_NAMES = Object.keys(READER_CHOICES) as readonly ReaderChoice[];
