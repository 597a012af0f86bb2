/** Says where the method and the assumptions of a report are explained. The last line of every report for people. */
export const METHOD_LINE = 'method and assumptions: feedrate guide statistics';
