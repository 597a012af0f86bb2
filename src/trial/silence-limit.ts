/** A target counts as unresponsive when no operation has completed for this time, ns. */
export const SILENCE_NS = 10e9;
